#include "core/half.h"
#include "core/vector.h"
#include "nn/chunk.h"
#include "nn/gemm_rounded.h"

/* Rows and columns that are turned at once. */
enum { TURNED = 32 };

VECTORISED static void
round_row(uint16_t *y, const float *x, float alpha, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		y[i] = bfloat_from_float(alpha * x[i]);
}

/* y [M,K] of A as it lies. */
static void
round_rows(uint16_t *y, const float *A, size_t lda, float alpha, size_t M,
           size_t K)
{
	#pragma omp parallel for schedule(dynamic, TURNED) \
	        if (chunk_worth(M * K))
	for (size_t m = 0; m < M; m++)
		round_row(y + m * K, A + m * lda, alpha, K);
}

/* y [columns,rows], ldy apart, of a small part of x. */
VECTORISED static void
turn(uint16_t *y, size_t ldy, const float *x, size_t ldx, float alpha,
     size_t rows, size_t columns)
{
	for (size_t c = 0; c < columns; c++)
		for (size_t r = 0; r < rows; r++)
			y[c * ldy + r] = bfloat_from_float(alpha *
			                                   x[r * ldx + c]);
}

/* y [M,K] of A stored [K,M]. */
static void
round_columns(uint16_t *y, const float *A, size_t lda, float alpha, size_t M,
              size_t K)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(M * K))
	for (size_t m = 0; m < M; m += TURNED)
		for (size_t k = 0; k < K; k += TURNED)
			turn(y + m * K + k, K, A + k * lda + m, lda, alpha,
			     chunk_length(k, TURNED, K),
			     chunk_length(m, TURNED, M));
}

size_t
gemm_rounded_scratch(size_t M, size_t N, size_t K)
{
	return bf16_round_up(M * K) + bf16_packed_length(N, K) +
	       gemm_bf16_scratch(M, K);
}

void
gemm_rounded(const struct bf16_out *out, const struct bf16_unit *unit,
             enum gemm_side a, enum gemm_side b,
             size_t M, size_t N, size_t K,
             float alpha, const float *A, size_t lda,
             const float *B, size_t ldb, uint16_t *scratch)
{
	uint16_t *packed = scratch, *rounded;

	rounded = packed + bf16_packed_length(N, K);
	if (b == GEMM_TRANSPOSED)
		bf16_pack(packed, B, ldb, N, K);
	else
		bf16_pack_across(packed, B, ldb, N, K);
	if (a == GEMM_TRANSPOSED)
		round_columns(rounded, A, lda, alpha, M, K);
	else
		round_rows(rounded, A, lda, alpha, M, K);
	gemm_bf16(out, unit, rounded, K, packed, M, N, K,
	          rounded + bf16_round_up(M * K));
}
