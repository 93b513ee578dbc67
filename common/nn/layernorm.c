#include <math.h>

#include "core/chunk.h"
#include "core/vector.h"
#include "nn/layernorm.h"

/* Channels whose sums over rows one thread takes. */
enum { COLUMNS = 64 };

VECTORISED static void
forward(float *y, float *mean, float *rstd,
        const float *x, const float *gain, const float *bias,
        size_t N, size_t C, float epsilon)
{
	for (size_t n = 0; n < N; n++, x += C, y += C) {
		float m = 0, v = 0, r;

		#pragma omp simd reduction(+:m)
		for (size_t c = 0; c < C; c++)
			m += x[c];
		m /= (float)C;
		#pragma omp simd reduction(+:v)
		for (size_t c = 0; c < C; c++)
			v += (x[c] - m) * (x[c] - m);
		r = 1 / sqrtf(v / (float)C + epsilon);

		#pragma omp simd
		for (size_t c = 0; c < C; c++)
			y[c] = (x[c] - m) * r * gain[c] + bias[c];
		mean[n] = m;
		rstd[n] = r;
	}
}

void
layernorm_forward(float *y, float *mean, float *rstd,
                  const float *x, const float *gain, const float *bias,
                  size_t N, size_t C, float epsilon)
{
	size_t rows = chunk_rows(C);

	#pragma omp parallel for schedule(dynamic) if (chunk_worth(N * C))
	for (size_t n = 0; n < N; n += rows)
		forward(y + n * C, mean + n, rstd + n, x + n * C, gain, bias,
		        chunk_length(n, rows, N), C, epsilon);
}

/*
 * With xhat = (x - mean) * rstd and g = dy * gain, differentiating through
 * mean and rstd leaves  dx = rstd * (g - avg(g) - xhat * avg(g * xhat)).
 */
VECTORISED static void
backward(float *dx, const float *dy, const float *x, const float *gain,
         const float *mean, const float *rstd, size_t N, size_t C)
{
	for (size_t n = 0; n < N; n++, x += C, dx += C, dy += C) {
		float m = mean[n], r = rstd[n], avg_g = 0, avg_gx = 0;

		#pragma omp simd reduction(+:avg_g, avg_gx)
		for (size_t c = 0; c < C; c++) {
			avg_g += dy[c] * gain[c];
			avg_gx += dy[c] * gain[c] * ((x[c] - m) * r);
		}
		avg_g /= (float)C;
		avg_gx /= (float)C;

		#pragma omp simd
		for (size_t c = 0; c < C; c++) {
			float xhat = (x[c] - m) * r;

			dx[c] += r * (dy[c] * gain[c] - avg_g - xhat * avg_gx);
		}
	}
}

/* dgain and dbias for a few channels of all rows. */
VECTORISED static void
add_sums(float *restrict dgain, float *restrict dbias,
         const float *dy, const float *x,
         const float *mean, const float *rstd,
         size_t N, size_t C, size_t width)
{
	for (size_t n = 0; n < N; n++, x += C, dy += C)
		for (size_t c = 0; c < width; c++) {
			dgain[c] += dy[c] * ((x[c] - mean[n]) * rstd[n]);
			dbias[c] += dy[c];
		}
}

void
layernorm_backward(float *dx, float *dgain, float *dbias,
                   const float *dy, const float *x, const float *gain,
                   const float *mean, const float *rstd,
                   size_t N, size_t C)
{
	size_t rows = chunk_rows(C);

	#pragma omp parallel for schedule(dynamic) if (chunk_worth(N * C))
	for (size_t n = 0; n < N; n += rows)
		backward(dx + n * C, dy + n * C, x + n * C, gain, mean + n,
		         rstd + n, chunk_length(n, rows, N), C);
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(N * C))
	for (size_t c = 0; c < C; c += COLUMNS)
		add_sums(dgain + c, dbias + c, dy + c, x + c, mean, rstd,
		         N, C, chunk_length(c, COLUMNS, C));
}
