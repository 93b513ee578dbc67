#include <stdlib.h>
#include <string.h>

#include "core/chunk.h"
#include "core/vector.h"
#include "core/xalloc.h"
#include "gemm/gemm.h"
#include "gemm/gemm_panel.h"
#include "nn/linear.h"

/* Channels that one thread sums; from MANY rows on they are not few. */
enum { COLUMNS = 64, MANY = 24 };

void
linear_forward_into(float *y, size_t ldy, const float *x, size_t ldx,
                    const float *weight, const float *bias,
                    size_t N, size_t I, size_t O)
{
	if (gemm_panel(y, ldy, x, ldx, weight, bias, N, O, I))
		return;
	if (bias)
		gemm_onto_bias(GEMM_PLAIN, GEMM_TRANSPOSED, N, O, I,
		               x, ldx, weight, I, bias, y, ldy);
	else
		gemm_wide(GEMM_PLAIN, GEMM_TRANSPOSED, N, O, I,
		          1, x, ldx, weight, I, 0, y, ldy);
}

void
linear_forward(float *y, const float *x, size_t ldx,
               const float *weight, const float *bias,
               size_t N, size_t I, size_t O)
{
	linear_forward_into(y, O, x, ldx, weight, bias, N, I, O);
}

void
linear_forward_few(float *y, const float *x, size_t ldx,
                   const float *weight, const float *bias,
                   size_t N, size_t I, size_t O)
{
	float *many, *sums;

	if (N >= MANY) {
		linear_forward(y, x, ldx, weight, bias, N, I, O);
		return;
	}
	many = xcalloc(MANY * I, sizeof *many);
	sums = xmalloc(MANY * O, sizeof *sums);
	for (size_t n = 0; n < N; n++)
		memcpy(many + n * I, x + n * ldx, I * sizeof *many);
	linear_forward(sums, many, I, weight, bias, MANY, I, O);
	memcpy(y, sums, N * O * sizeof *y);
	free(many);
	free(sums);
}

VECTORISED static void
add_rows(float *restrict sum, const float *x, size_t ldx, size_t N, size_t C)
{
	for (size_t n = 0; n < N; n++)
		for (size_t c = 0; c < C; c++)
			sum[c] += x[n * ldx + c];
}

void
linear_backward_from(float *dx, size_t lddx, float *dweight, float *dbias,
                     const float *dy, size_t lddy,
                     const float *x, size_t ldx, const float *weight,
                     size_t N, size_t I, size_t O)
{
	if (dx)
		gemm_wide(GEMM_PLAIN, GEMM_PLAIN, N, I, O,
		          1, dy, lddy, weight, I, 1, dx, lddx);
	if (dweight)
		gemm_wide(GEMM_TRANSPOSED, GEMM_PLAIN, O, I, N,
		          1, dy, lddy, x, ldx, 1, dweight, I);
	if (!dbias)
		return;
	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth(N * O))
	for (size_t o = 0; o < O; o += COLUMNS)
		add_rows(dbias + o, dy + o, lddy, N,
		         chunk_length(o, COLUMNS, O));
}

void
linear_backward(float *dx, size_t lddx, float *dweight, float *dbias,
                const float *dy, const float *x, size_t ldx,
                const float *weight, size_t N, size_t I, size_t O)
{
	linear_backward_from(dx, lddx, dweight, dbias, dy, O, x, ldx,
	                     weight, N, I, O);
}
