#include <math.h>

#include "nn/attention.h"
#include "nn/gemm.h"
#include "nn/softmax.h"

/* Queries, keys and values are read in place, as columns of qkv. */
void
attention_forward(float *out, float *probability, const float *qkv,
                  size_t T, size_t C, size_t heads)
{
	size_t D = C / heads, ld = 3 * C;
	float scale = 1 / sqrtf((float)D);

	for (size_t h = 0; h < heads; h++) {
		const float *q = qkv + h * D, *k = q + C, *v = k + C;
		float *p = probability + h * T * T;

		gemm(GEMM_PLAIN, GEMM_TRANSPOSED, T, T, D,
		     scale, q, ld, k, ld, 0, p, T);
		softmax_forward(p, p, T, T);
		gemm(GEMM_PLAIN, GEMM_PLAIN, T, D, T,
		     1, p, T, v, ld, 0, out + h * D, C);
	}
}

/*
 * Through out = p v, then the softmax, then s = scale q k^T.  scratch holds
 * the gradient of p, then that of s.
 */
void
attention_backward(float *dqkv, float *scratch, const float *dout,
                   const float *qkv, const float *probability,
                   size_t T, size_t C, size_t heads)
{
	size_t D = C / heads, ld = 3 * C;
	float scale = 1 / sqrtf((float)D);

	for (size_t h = 0; h < heads; h++) {
		const float *q = qkv + h * D, *k = q + C, *v = k + C;
		const float *p = probability + h * T * T, *d = dout + h * D;
		float *dq = dqkv + h * D, *dk = dq + C, *dv = dk + C;

		gemm(GEMM_TRANSPOSED, GEMM_PLAIN, T, D, T,
		     1, p, T, d, C, 1, dv, ld);
		gemm(GEMM_PLAIN, GEMM_TRANSPOSED, T, T, D,
		     1, d, C, v, ld, 0, scratch, T);
		softmax_backward(scratch, scratch, p, T, T);
		gemm(GEMM_PLAIN, GEMM_PLAIN, T, D, T,
		     scale, scratch, T, k, ld, 1, dq, ld);
		gemm(GEMM_TRANSPOSED, GEMM_PLAIN, T, D, T,
		     scale, scratch, T, q, ld, 1, dk, ld);
	}
}
