#include <string.h>

#include "core/vector.h"
#include "nn/gemm.h"
#include "nn/linear.h"

void
linear_forward(float *y, const float *x, size_t ldx,
               const float *weight, const float *bias,
               size_t N, size_t I, size_t O)
{
	if (bias)
		for (size_t n = 0; n < N; n++)
			memcpy(y + n * O, bias, O * sizeof *y);
	gemm(GEMM_PLAIN, GEMM_TRANSPOSED, N, O, I,
	     1, x, ldx, weight, I, bias ? 1 : 0, y, O);
}

VECTORISED static void
add_rows(float *restrict sum, const float *x, size_t N, size_t C)
{
	for (size_t n = 0; n < N; n++)
		for (size_t c = 0; c < C; c++)
			sum[c] += x[n * C + c];
}

void
linear_backward(float *dx, size_t lddx, float *dweight, float *dbias,
                const float *dy, const float *x, size_t ldx,
                const float *weight, size_t N, size_t I, size_t O)
{
	if (dx)
		gemm(GEMM_PLAIN, GEMM_PLAIN, N, I, O,
		     1, dy, O, weight, I, 1, dx, lddx);
	if (dweight)
		gemm(GEMM_TRANSPOSED, GEMM_PLAIN, O, I, N,
		     1, dy, O, x, ldx, 1, dweight, I);
	if (dbias)
		add_rows(dbias, dy, N, O);
}
