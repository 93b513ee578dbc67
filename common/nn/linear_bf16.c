#include "nn/gemm_rounded.h"
#include "nn/linear.h"
#include "nn/linear_bf16.h"

/* As gemm_rounded, with scratch of s. */
static void
multiply(const struct bf16_out *out, struct bf16_space *s, enum gemm_side a,
         enum gemm_side b, size_t M, size_t N, size_t K, const float *A,
         size_t lda, const float *B, size_t ldb)
{
	gemm_rounded(out, s->unit, a, b, M, N, K, 1, A, lda, B, ldb,
	             arena_halves(&s->arena, gemm_rounded_scratch(M, N, K)));
	arena_clear(&s->arena);
}

void
linear_bf16_forward(float *y, size_t ldy, const float *x, size_t ldx,
                    const float *weight, const float *bias,
                    size_t N, size_t I, size_t O, struct bf16_space *s)
{
	const struct bf16_out out = { .y = y, .ldy = ldy, .bias = bias };

	multiply(&out, s, GEMM_PLAIN, GEMM_TRANSPOSED, N, O, I, x, ldx,
	         weight, I);
}

void
linear_bf16_backward(float *dx, size_t lddx, bool fresh,
                     float *dweight, float *dbias,
                     const float *dy, size_t lddy,
                     const float *x, size_t ldx, const float *weight,
                     size_t N, size_t I, size_t O, struct bf16_space *s)
{
	if (dx) {
		const struct bf16_out out = {
			.y = dx, .ldy = lddx,
			.residual = fresh ? NULL : dx, .ldr = lddx
		};

		multiply(&out, s, GEMM_PLAIN, GEMM_PLAIN, N, I, O, dy, lddy,
		         weight, I);
	}
	if (dweight) {
		const struct bf16_out out = {
			.y = dweight, .ldy = I, .residual = dweight, .ldr = I
		};

		multiply(&out, s, GEMM_TRANSPOSED, GEMM_PLAIN, O, I, N, dy,
		         lddy, x, ldx);
	}
	linear_backward_from(NULL, 0, NULL, dbias, dy, lddy, NULL, 0, NULL, N,
	                     I, O);
}
