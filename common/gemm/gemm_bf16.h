/*
 * gemm_bf16.h - products of matrices in bfloat16, summed in float
 *
 *	y = activate(norm(A) B^T + bias) + residual
 *
 * B is packed (bf16_pack.h); A is packed on the way, unless it is bfloats,
 * whose rows are read where they are.
 */
#pragma once

#include "gemm/bf16_pack.h"
#include "gemm/bf16_unit.h"
#include "gemm/gemm.h"

/* Where the products go. */
struct bf16_out {
	float *y;                 /* [M,N], rows ldy apart; or */
	size_t ldy;
	uint16_t *half;           /* the same in bfloat16 */
	size_t ldh;
	const float *bias;        /* [N]; or NULL */
	void (*activate)(float *y, const float *x, size_t n); /* or NULL */
	uint16_t *before;         /* with half: the input of activate */
	const float *residual;    /* [M,N], rows ldr apart; may be y; or NULL */
	size_t ldr;
};

/*
 * Uses all threads, unless inside a parallel region; the sums do not depend on
 * their number.
 * scratch [gemm_bf16_scratch(M, K)], by the thread that calls; its contents do
 * not matter.  NULL if A is halves, K a multiple of 32 and A too small to be
 * packed: then rows are read up to a multiple of 32, beyond M, too.
 */
size_t gemm_bf16_scratch(size_t M, size_t K);

void gemm_bf16(const struct bf16_out *out, const struct bf16_unit *unit,
               const struct bf16_in *A, const uint16_t *packed,
               size_t M, size_t N, size_t K, uint16_t *scratch);

/*
 * gemm() of floats that are rounded to bfloat16, both sides, and packed on the
 * way, as in training, where both are new each time.
 *
 *	y = alpha op(A) op(B) + bias + residual, as out says
 *
 * alpha is rounded into A.  A, B and their sides are those of gemm().
 * scratch [gemm_rounded_scratch(M, N, K)], as that of gemm_bf16.
 */
size_t gemm_rounded_scratch(size_t M, size_t N, size_t K);

void gemm_rounded(const struct bf16_out *out, const struct bf16_unit *unit,
                  enum gemm_side a, enum gemm_side b,
                  size_t M, size_t N, size_t K,
                  float alpha, const float *A, size_t lda,
                  const float *B, size_t ldb, uint16_t *scratch);

/* How a network's products are computed; AUTO: BF16 where it is faster. */
enum precision {
	PRECISION_FP32, PRECISION_BF16, PRECISION_AUTO, PRECISION_INT8
};

/* The choices of an option, in that order; of training, all but int8. */
#define PRECISIONS_TRAINING "fp32|bf16|auto"
#define PRECISIONS PRECISIONS_TRAINING "|int8"

/* Is it bfloat16 on this processor? */
bool precision_rounds(enum precision precision);
