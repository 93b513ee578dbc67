#include <math.h>
#include <string.h>

#include "core/vector.h"
#include "core/chunk.h"
#include "nn/pool.h"
#include "nn/softmax.h"

/* Under the root, for a finite slope where nothing varies. */
static const float epsilon = 1e-5f;

/* The variance is summed about the mean: E[x^2] - mean^2 loses digits. */
VECTORISED void
pool_forward(float *pooled, float *weight,
             const float *score, const float *x, size_t T, size_t C)
{
	float *mean = pooled, *deviation = pooled + C;

	softmax_forward(weight, score, 1, T);
	memset(pooled, 0, 2 * C * sizeof *pooled);
	for (size_t t = 0; t < T; t++)
		#pragma omp simd
		for (size_t c = 0; c < C; c++)
			mean[c] += weight[t] * x[t * C + c];
	for (size_t t = 0; t < T; t++)
		#pragma omp simd
		for (size_t c = 0; c < C; c++) {
			float off = x[t * C + c] - mean[c];

			deviation[c] += weight[t] * off * off;
		}
	for (size_t c = 0; c < C; c++)
		deviation[c] = sqrtf(deviation[c] + epsilon);
}

/*
 * With off = x - mean, and since sum_t weight off = 0, the mean inside the
 * variance passes no gradient:
 *
 *	dx = weight (dmean + ddeviation off / deviation)
 *	dweight = sum_c (dmean off + ddeviation off^2 / (2 deviation))
 *
 * less a term equal for all t, which the softmax ignores.
 */
VECTORISED void
pool_backward(float *dscore, float *dx, const float *dpooled,
              const float *pooled, const float *weight,
              const float *x, size_t T, size_t C)
{
	const float *mean = pooled, *deviation = pooled + C;
	const float *dmean = dpooled, *ddeviation = dpooled + C;
	float average = 0;

	for (size_t t = 0; t < T; t++) {
		float w = weight[t], dweight = 0;

		#pragma omp simd reduction(+:dweight)
		for (size_t c = 0; c < C; c++) {
			float off = x[t * C + c] - mean[c];
			float slope = ddeviation[c] / deviation[c] * off;

			dx[t * C + c] += w * (dmean[c] + slope);
			dweight += off * (dmean[c] + slope / 2);
		}
		dscore[t] += w * dweight;
		average += w * dweight;
	}
	for (size_t t = 0; t < T; t++)
		dscore[t] -= weight[t] * average;
}

enum { COLUMNS = 64 }; /* whose sums stay in the cache */

static void
statistics_columns(float *mean, float *deviation, const float *x, size_t T,
                   size_t C, size_t columns)
{
	double sum[COLUMNS] = { 0 }, square[COLUMNS] = { 0 };

	for (size_t t = 0; t < T; t++)
		for (size_t c = 0; c < columns; c++)
			sum[c] += (double)x[t * C + c];
	for (size_t c = 0; c < columns; c++)
		sum[c] /= (double)T;
	for (size_t t = 0; deviation && t < T; t++)
		for (size_t c = 0; c < columns; c++) {
			double d = (double)x[t * C + c] - sum[c];

			square[c] += d * d;
		}
	for (size_t c = 0; c < columns; c++) {
		mean[c] = (float)sum[c];
		if (deviation)
			deviation[c] = (float)sqrt(square[c] / (double)T);
	}
}

void
statistics_forward(float *mean, float *deviation, const float *x, size_t T,
                   size_t C)
{
	for (size_t c = 0; c < C; c += COLUMNS)
		statistics_columns(mean + c, deviation ? deviation + c : NULL,
		                   x + c, T, C, chunk_length(c, COLUMNS, C));
}
