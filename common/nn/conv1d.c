#include <string.h>

#include "nn/conv1d.h"
#include "nn/gemm.h"
#include "nn/linear.h"

/*
 * Time-major rows make x a matrix of windows as it stands, stride * I floats
 * from one window to the next, so nothing is copied.  Windows longer than
 * that overlap, which no BLAS takes; but any stride taps in a row are just as
 * long as the step and tile x.  Taking taps in such groups gives
 * ceil(k / stride) GEMMs on views of x, dx and weight.
 */

size_t
conv1d_rows(size_t T, size_t k, size_t stride)
{
	return T < k ? 0 : (T - k) / stride + 1;
}

static size_t
taps_at(size_t j, size_t k, size_t stride)
{
	return k - j < stride ? k - j : stride;
}

void
conv1d_forward(float *y, const float *x,
               const float *weight, const float *bias,
               size_t T, size_t I, size_t O, size_t k, size_t stride)
{
	size_t rows = conv1d_rows(T, k, stride);

	if (bias)
		for (size_t t = 0; t < rows; t++)
			memcpy(y + t * O, bias, O * sizeof *y);
	for (size_t j = 0; j < k; j += stride)
		gemm(GEMM_PLAIN, GEMM_TRANSPOSED,
		     rows, O, taps_at(j, k, stride) * I,
		     1, x + j * I, stride * I, weight + j * I, k * I,
		     bias || j > 0 ? 1 : 0, y, O);
}

void
conv1d_backward(float *dx, float *dweight, float *dbias,
                const float *dy, const float *x, const float *weight,
                size_t T, size_t I, size_t O, size_t k, size_t stride)
{
	size_t rows = conv1d_rows(T, k, stride);

	for (size_t j = 0; j < k; j += stride) {
		size_t wide = taps_at(j, k, stride) * I;

		if (dx)
			gemm(GEMM_PLAIN, GEMM_PLAIN, rows, wide, O,
			     1, dy, O, weight + j * I, k * I,
			     1, dx + j * I, stride * I);
		if (dweight)
			gemm(GEMM_TRANSPOSED, GEMM_PLAIN, O, wide, rows,
			     1, dy, O, x + j * I, stride * I,
			     1, dweight + j * I, k * I);
	}
	linear_backward(NULL, 0, NULL, dbias, dy, NULL, 0, NULL, rows, 0, O);
}
