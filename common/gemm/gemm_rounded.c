#include "gemm/gemm_rounded.h"

size_t
gemm_rounded_scratch(size_t M, size_t N, size_t K)
{
	return bf16_packed_length(N, K) + gemm_bf16_scratch(M, K);
}

void
gemm_rounded(const struct bf16_out *out, const struct bf16_unit *unit,
             enum gemm_side a, enum gemm_side b,
             size_t M, size_t N, size_t K,
             float alpha, const float *A, size_t lda,
             const float *B, size_t ldb, uint16_t *scratch)
{
	const struct bf16_in in = {
		.x = A, .ld = lda, .alpha = alpha,
		.turned = a == GEMM_TRANSPOSED
	};

	if (b == GEMM_TRANSPOSED)
		bf16_pack(scratch, B, ldb, N, K);
	else
		bf16_pack_across(scratch, B, ldb, N, K);
	gemm_bf16(out, unit, &in, scratch, M, N, K,
	          scratch + bf16_packed_length(N, K));
}
