#include <omp.h>
#include <string.h>

#include "core/chunk.h"
#include "core/vector.h"
#include "gemm/gemm.h"
#include "nn/conv_grouped.h"

/*
 * x of one group is copied with some taps side by side: row t of the unfolded
 * is x[t - k/2] to x[t - k/2 + some - 1], zeros beyond the ends.  Then those
 * many taps are one GEMM, and the next as many are another on the same rows
 * further down; only one group's rows, some times over, are ever in memory.
 */
enum { SIDE_BY_SIDE = 8 };

static size_t
unfolded_rows(size_t T, size_t k)
{
	return T + k;
}

static size_t
unfolded_floats(size_t T, size_t C, size_t groups, size_t k)
{
	return unfolded_rows(T, k) * SIDE_BY_SIDE * (C / groups);
}

size_t
conv_grouped_scratch(size_t T, size_t C, size_t groups, size_t k)
{
	return (size_t)omp_get_max_threads() *
		unfolded_floats(T, C, groups, k);
}

static float *
own_scratch(float *scratch, size_t T, size_t C, size_t groups, size_t k)
{
	return scratch + (size_t)omp_get_thread_num() *
		unfolded_floats(T, C, groups, k);
}

/* u [T + k, SIDE_BY_SIDE, I] from x, I of each C floats. */
static void
unfold(float *u, const float *x, size_t T, size_t C, size_t I, size_t before,
       size_t k)
{
	for (size_t r = 0; r < unfolded_rows(T, k); r++)
		for (size_t j = 0; j < SIDE_BY_SIDE; j++, u += I)
			if (r + j >= before && r + j - before < T)
				memcpy(u, x + (r + j - before) * C,
				       I * sizeof *u);
			else
				memset(u, 0, I * sizeof *u);
}

/* The opposite: adds to dx [T,C] from du. */
static void
refold(float *dx, const float *du, size_t T, size_t C, size_t I,
       size_t before, size_t k)
{
	for (size_t r = 0; r < unfolded_rows(T, k); r++)
		for (size_t j = 0; j < SIDE_BY_SIDE; j++, du += I) {
			float *d = dx + (r + j - before) * C;

			if (r + j < before || r + j - before >= T)
				continue;
			for (size_t i = 0; i < I; i++)
				d[i] += du[i];
		}
}

void
conv_grouped_forward(float *y, float *scratch, const float *x,
                     const float *weight, const float *bias,
                     size_t T, size_t C, size_t groups, size_t k)
{
	size_t I = C / groups, ld = SIDE_BY_SIDE * I;

	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth_products(T * k * C * I))
	for (size_t c = 0; c < C; c += I) {
		float *u = own_scratch(scratch, T, C, groups, k);

		unfold(u, x + c, T, C, I, k / 2, k);
		for (size_t t = 0; bias && t < T; t++)
			memcpy(y + t * C + c, bias + c, I * sizeof *y);
		for (size_t j = 0; j < k; j += SIDE_BY_SIDE)
			gemm(GEMM_PLAIN, GEMM_TRANSPOSED, T, I,
			     chunk_length(j, SIDE_BY_SIDE, k) * I,
			     1, u + j * ld, ld, weight + (c * k + j) * I,
			     k * I, bias || j > 0 ? 1 : 0, y + c, C);
	}
}

static void
add_columns(float *dbias, const float *dy, size_t T, size_t C, size_t I)
{
	for (size_t t = 0; t < T; t++)
		for (size_t i = 0; i < I; i++)
			dbias[i] += dy[t * C + i];
}

void
conv_grouped_backward(float *dx, float *dweight, float *dbias,
                      float *scratch, const float *dy, const float *x,
                      const float *weight,
                      size_t T, size_t C, size_t groups, size_t k)
{
	size_t I = C / groups, ld = SIDE_BY_SIDE * I;

	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth_products(T * k * C * I))
	for (size_t c = 0; c < C; c += I) {
		float *u = own_scratch(scratch, T, C, groups, k);

		if (dweight)
			unfold(u, x + c, T, C, I, k / 2, k);
		for (size_t j = 0; dweight && j < k; j += SIDE_BY_SIDE)
			gemm(GEMM_TRANSPOSED, GEMM_PLAIN, I,
			     chunk_length(j, SIDE_BY_SIDE, k) * I, T,
			     1, dy + c, C, u + j * ld, ld,
			     1, dweight + (c * k + j) * I, k * I);
		if (dbias)
			add_columns(dbias + c, dy + c, T, C, I);
		if (!dx)
			continue;
		memset(u, 0, unfolded_floats(T, C, groups, k) * sizeof *u);
		for (size_t j = 0; j < k; j += SIDE_BY_SIDE)
			gemm(GEMM_PLAIN, GEMM_PLAIN, T,
			     chunk_length(j, SIDE_BY_SIDE, k) * I, I,
			     1, dy + c, C, weight + (c * k + j) * I, k * I,
			     1, u + j * ld, ld);
		refold(dx + c, u, T, C, I, k / 2, k);
	}
}
