#include <math.h>

#include "core/vector.h"
#include "nn/chunk.h"
#include "nn/groupnorm.h"

/* Channels that one thread takes, for all of time. */
enum { COLUMNS = 32 };

/*
 * Sums and sums of squares, about the first row: doubles hold the squares of
 * floats exactly, so nothing is lost unless the mean is a million deviations
 * from that row.
 */
VECTORISED static void
moments(double *restrict sum, double *restrict square,
        const float *restrict x, size_t T, size_t C, size_t width)
{
	for (size_t c = 0; c < width; c++)
		sum[c] = square[c] = 0;
	for (size_t t = 0; t < T; t++)
		for (size_t c = 0; c < width; c++) {
			double off = (double)x[t * C + c] - (double)x[c];

			sum[c] += off;
			square[c] += off * off;
		}
}

VECTORISED static void
normalise(float *y, const float *x, const float *mean, const float *factor,
          const float *bias, size_t T, size_t C, size_t width)
{
	for (size_t t = 0; t < T; t++)
		#pragma omp simd
		for (size_t c = 0; c < width; c++)
			y[t * C + c] = (x[t * C + c] - mean[c]) * factor[c]
				+ bias[c];
}

void
groupnorm_forward(float *y, float *mean, float *rstd,
                  const float *x, const float *gain, const float *bias,
                  size_t T, size_t C, float epsilon)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(T * C))
	for (size_t c = 0; c < C; c += COLUMNS) {
		size_t width = chunk_length(c, COLUMNS, C);
		double sum[COLUMNS], square[COLUMNS];
		float factor[COLUMNS];

		moments(sum, square, x + c, T, C, width);
		for (size_t i = 0; i < width; i++) {
			double m = sum[i] / (double)T;
			double v = square[i] / (double)T - m * m;
			double r = 1 / sqrt(v + (double)epsilon);

			m += (double)x[c + i];
			mean[c + i] = (float)m;
			rstd[c + i] = (float)r;
			factor[i] = (float)(r * (double)gain[c + i]);
		}
		normalise(y + c, x + c, mean + c, factor, bias + c, T, C,
		          width);
	}
}

VECTORISED static void
gradient_sums(double *restrict dgain, double *restrict dbias,
              const float *dy, const float *x,
              const float *mean, const float *rstd,
              size_t T, size_t C, size_t width)
{
	for (size_t c = 0; c < width; c++)
		dgain[c] = dbias[c] = 0;
	for (size_t t = 0; t < T; t++)
		for (size_t c = 0; c < width; c++) {
			float xhat = (x[t * C + c] - mean[c]) * rstd[c];

			dgain[c] += (double)(dy[t * C + c] * xhat);
			dbias[c] += (double)dy[t * C + c];
		}
}

VECTORISED static void
add_gradient(float *dx, const float *dy, const float *x,
             const float *mean, const float *rstd, const float *gain,
             const float *avg_g, const float *avg_gx,
             size_t T, size_t C, size_t width)
{
	for (size_t t = 0; t < T; t++)
		#pragma omp simd
		for (size_t c = 0; c < width; c++) {
			float xhat = (x[t * C + c] - mean[c]) * rstd[c];

			dx[t * C + c] += gain[c] * rstd[c] *
				(dy[t * C + c] - avg_g[c] - xhat * avg_gx[c]);
		}
}

/* As layernorm's, but down the columns, where gain is a common factor. */
void
groupnorm_backward(float *dx, float *dgain, float *dbias,
                   const float *dy, const float *x, const float *gain,
                   const float *mean, const float *rstd, size_t T, size_t C)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(T * C))
	for (size_t c = 0; c < C; c += COLUMNS) {
		size_t width = chunk_length(c, COLUMNS, C);
		double sum[COLUMNS], product[COLUMNS];
		float avg_g[COLUMNS], avg_gx[COLUMNS];

		gradient_sums(product, sum, dy + c, x + c, mean + c, rstd + c,
		              T, C, width);
		for (size_t i = 0; i < width; i++) {
			dgain[c + i] += (float)product[i];
			dbias[c + i] += (float)sum[i];
			avg_g[i] = (float)(sum[i] / (double)T);
			avg_gx[i] = (float)(product[i] / (double)T);
		}
		if (dx)
			add_gradient(dx + c, dy + c, x + c, mean + c, rstd + c,
			             gain + c, avg_g, avg_gx, T, C, width);
	}
}
