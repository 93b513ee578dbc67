#include <math.h>
#include <string.h>

#include "core/chunk.h"
#include "core/half.h"
#include "core/vector.h"
#include "gemm/bf16_layout.h"
#include "gemm/bf16_remainder.h"

/*
 * The scales come before the elements.  SUMS: of a row, side by side, since one
 * alone would wait for each addition; AHEAD: bytes to fetch early; COLUMNS: for
 * a thread at a time.
 */
enum {
	MOST = 127, SCALE = sizeof(float) / sizeof(uint16_t), SUMS = 64,
	AHEAD = 2048, COLUMNS = 256
};

size_t
bf16_remainder_length(size_t N, size_t K)
{
	return bf16_round_up(SCALE * N + (N * K + 1) / 2);
}

/* 0 where it is not finite. */
static float
remainder_of(float w)
{
	float off = w - bfloat_to_float(bfloat_from_float(w));

	return isfinite(off) ? off : 0;
}

static float
row_pack(int8_t *to, const float *w, size_t K)
{
	float most = 0;

	for (size_t k = 0; k < K; k++) {
		float off = fabsf(remainder_of(w[k]));

		most = off > most ? off : most;
	}
	for (size_t k = 0; k < K; k++)
		to[k] = most > 0
			? (int8_t)lrintf(remainder_of(w[k]) / most * MOST)
			: 0;
	return most / MOST;
}

void
bf16_remainder_pack(uint16_t *remainder, const float *W, size_t N, size_t K)
{
	float *scale = (void *)remainder;
	int8_t *row = (void *)(remainder + SCALE * N);

	memset(remainder, 0, bf16_remainder_length(N, K) * sizeof *remainder);
	for (size_t n = 0; n < N; n++)
		scale[n] = row_pack(row + n * K, W + n * K, K);
}

VECTORISED static float
dot(const int8_t *row, const float *x, size_t K)
{
	float sums[SUMS] = { 0 }, sum = 0;
	size_t whole = K / SUMS * SUMS;

	for (size_t k = 0; k < whole; k += SUMS) {
		__builtin_prefetch(row + k + AHEAD);
		for (size_t i = 0; i < SUMS; i++)
			sums[i] += (float)row[k + i] * x[k + i];
	}
	for (size_t i = 0; i < SUMS; i++)
		sum += sums[i];
	for (size_t k = whole; k < K; k++)
		sum += (float)row[k] * x[k];
	return sum;
}

void
bf16_remainder_bias(float *y, const uint16_t *remainder, const float *bias,
                    const float *mean, size_t N, size_t K)
{
	const float *scale = (const void *)remainder;
	const int8_t *row = (const void *)(remainder + SCALE * N);

	#pragma omp parallel for if (chunk_worth(N * K))
	for (size_t n = 0; n < N; n++)
		y[n] = (bias ? bias[n] : 0) +
			scale[n] * dot(row + n * K, mean, K);
}

VECTORISED static void
add_floats(float *sum, const float *x, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		sum[i] += x[i];
}

VECTORISED static void
add_halves(float *sum, const uint16_t *x, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		sum[i] += bfloat_to_float(x[i]);
}

/* Of one of the two kinds. */
static void
average(float *mean, const float *x, const uint16_t *half, size_t T, size_t C)
{
	#pragma omp parallel for if (chunk_worth(T * C))
	for (size_t c = 0; c < C; c += COLUMNS) {
		size_t n = chunk_length(c, COLUMNS, C);

		memset(mean + c, 0, n * sizeof *mean);
		for (size_t t = 0; t < T; t++)
			if (x)
				add_floats(mean + c, x + t * C + c, n);
			else
				add_halves(mean + c, half + t * C + c, n);
		for (size_t i = c; i < c + n; i++)
			mean[i] /= (float)T;
	}
}

void
rows_mean(float *mean, const float *x, size_t T, size_t C)
{
	average(mean, x, NULL, T, C);
}

void
rows_mean_halves(float *mean, const uint16_t *x, size_t T, size_t C)
{
	average(mean, NULL, x, T, C);
}
