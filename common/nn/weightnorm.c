#include <math.h>

#include "core/chunk.h"
#include "nn/weightnorm.h"

/* Taps at a time, which lie side by side in v: four lines of the cache. */
enum { TAPS = 64 };

/* sum[j] = sum of x[:,:,j] z[:,:,j] over n = O I pairs, for taps j. */
static void
tap_dots(double *sum, const float *x, const float *z, size_t n, size_t taps,
         size_t k)
{
	for (size_t j = 0; j < taps; j++)
		sum[j] = 0;
	for (size_t i = 0; i < n; i++, x += k, z += k)
		for (size_t j = 0; j < taps; j++)
			sum[j] += (double)x[j] * (double)z[j];
}

void
weightnorm_forward(float *weight, const float *g, const float *v,
                   size_t O, size_t I, size_t k)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(O * I * k))
	for (size_t j = 0; j < k; j += TAPS) {
		size_t taps = chunk_length(j, TAPS, k);
		double square[TAPS];
		float scale[TAPS];

		tap_dots(square, v + j, v + j, O * I, taps, k);
		for (size_t t = 0; t < taps; t++)
			scale[t] = g[j + t] / (float)sqrt(square[t]);
		for (size_t o = 0; o < O; o++)
			for (size_t t = 0; t < taps; t++)
				for (size_t i = 0; i < I; i++)
					weight[(o * k + j + t) * I + i] =
						scale[t] *
						v[(o * I + i) * k + j + t];
	}
}

/* sum[j] = sum of dweight[:,j,:] v[:,:,j], for taps j; as of the first tap. */
static void
tap_products(double *sum, const float *dweight, const float *v,
             size_t O, size_t I, size_t taps, size_t k)
{
	for (size_t j = 0; j < taps; j++)
		sum[j] = 0;
	for (size_t o = 0; o < O; o++, dweight += k * I, v += I * k)
		for (size_t j = 0; j < taps; j++)
			for (size_t i = 0; i < I; i++)
				sum[j] += (double)dweight[j * I + i]
					* (double)v[i * k + j];
}

/*
 * With n = |v| and p = sum(dw v), all of one tap:
 *
 *	dg = p / n,   dv = g / n (dw - v p / n^2)
 */
void
weightnorm_backward(float *dg, float *dv, const float *dweight,
                    const float *g, const float *v,
                    size_t O, size_t I, size_t k)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(O * I * k))
	for (size_t j = 0; j < k; j += TAPS) {
		size_t taps = chunk_length(j, TAPS, k);
		double square[TAPS], product[TAPS];
		float scale[TAPS], along[TAPS];

		tap_dots(square, v + j, v + j, O * I, taps, k);
		tap_products(product, dweight + j * I, v + j, O, I, taps, k);
		for (size_t t = 0; t < taps; t++) {
			dg[j + t] += (float)(product[t] / sqrt(square[t]));
			scale[t] = g[j + t] / (float)sqrt(square[t]);
			along[t] = (float)(product[t] / square[t]);
		}
		for (size_t oi = 0; oi < O * I; oi++) {
			size_t at = oi * k + j;
			const float *dw = dweight + (oi / I * k + j) * I
				+ oi % I;

			for (size_t t = 0; t < taps; t++)
				dv[at + t] += scale[t] *
					(dw[t * I] - along[t] * v[at + t]);
		}
	}
}
