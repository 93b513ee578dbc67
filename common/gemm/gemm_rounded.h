#ifndef GEMM_ROUNDED_H
#define GEMM_ROUNDED_H

#include "gemm/gemm.h"
#include "gemm/gemm_bf16.h"

/*
 * gemm() of floats that are rounded to bfloat16, both sides, and packed on the
 * way, as in training, where both are new each time; the sums are floats.
 *
 *	y = alpha op(A) op(B) + bias + residual, as out says
 *
 * alpha is rounded into A.  A, B and their sides are those of gemm().
 * scratch [gemm_rounded_scratch(M, N, K)], asked for by the thread that calls;
 * what it holds does not matter.
 */
size_t gemm_rounded_scratch(size_t M, size_t N, size_t K);

void gemm_rounded(const struct bf16_out *out, const struct bf16_unit *unit,
                  enum gemm_side a, enum gemm_side b,
                  size_t M, size_t N, size_t K,
                  float alpha, const float *A, size_t lda,
                  const float *B, size_t ldb, uint16_t *scratch);

#endif
