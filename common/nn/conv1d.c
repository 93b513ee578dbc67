#include "nn/conv1d.h"
#include "nn/gemm.h"
#include "nn/linear.h"

size_t
conv1d_rows(size_t T, size_t k, size_t stride)
{
	return T < k ? 0 : (T - k) / stride + 1;
}

/* The k rows under one output lie side by side: a window is one long row. */
void
conv1d_forward(float *y, const float *x,
               const float *weight, const float *bias,
               size_t T, size_t I, size_t O, size_t k, size_t stride)
{
	linear_forward(y, x, stride * I, weight, bias,
	               conv1d_rows(T, k, stride), k * I, O);
}

/*
 * Windows overlap, so dx cannot be one GEMM.  But any stride taps in a row
 * are as long as the step from window to window: they tile dx, and taps in
 * such groups need only ceil(k / stride) GEMMs that add in place.
 */
void
conv1d_backward(float *dx, float *dweight, float *dbias,
                const float *dy, const float *x, const float *weight,
                size_t T, size_t I, size_t O, size_t k, size_t stride)
{
	size_t rows = conv1d_rows(T, k, stride);

	linear_backward(NULL, 0, dweight, dbias, dy, x, stride * I,
	                NULL, rows, k * I, O);
	if (!dx)
		return;
	for (size_t j = 0; j < k; j += stride) {
		size_t taps = k - j < stride ? k - j : stride;

		gemm(GEMM_PLAIN, GEMM_PLAIN, rows, taps * I, O,
		     1, dy, O, weight + j * I, k * I,
		     1, dx + j * I, stride * I);
	}
}
