/*
 * gemm_int8.h - products of matrices in 8-bit integers, summed exactly
 *
 *	y = activate(A W^T + bias) + residual
 *
 * W [N,K] is quantised once, each row n of it (a channel of the result) by its
 * own scale; A while it is multiplied, each of its rows m by its own:
 *
 *	w[n,k] = round(W[n,k] / s[n]),   s[n] = max_k |W[n,k]| / 127
 *	q[m,k] = round(A[m,k] / t[m]) + 128,   t[m] = max_k |A[m,k]| / 127
 *	y[m,n] = s[n] t[m] (sum_k q[m,k] w[n,k] - 128 sum_k w[n,k]) + bias[n]
 *
 * ("Dynamic" quantisation, symmetric, by channel and by row: Nagel et al.
 * 2021, "A white paper on neural network quantization", 2.1 and 2.4.)  The sums
 * are whole numbers, so a result is the same on every processor and does not
 * depend on the other rows.  A row that holds a number that is not finite gives
 * numbers that are not finite.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gemm/gemm_bf16.h"
#include "gemm/int8_unit.h"

/* W, packed; panels as int8_unit.h has them. */
struct int8_matrix {
	size_t N, K;
	int8_t *panels;           /* all pointers are into one block, owned */
	float *scale;             /* s [N] */
	int32_t *sum;             /* sum_k w[n,k] [N] */
};

/* From parts one below the other, N/parts rows each; part p times factor[p]. */
void int8_pack(struct int8_matrix *m, const float *const *part,
               const float *factor, size_t parts, size_t N, size_t K);
void int8_matrix_release(struct int8_matrix *m);

/* Bytes of scratch for A [M,K]. */
size_t gemm_int8_scratch(size_t M, size_t K);

/*
 * To where out says, which has no halves; its ldr and ldy as there.  A's rows
 * are lda floats apart; they may overlap.  Uses all threads, unless inside a
 * parallel region.  scratch [gemm_int8_scratch(M, K)], aligned to 64 bytes.
 */
void gemm_int8(const struct bf16_out *out, const struct int8_unit *unit,
               const float *A, size_t lda, const struct int8_matrix *W,
               size_t M, void *scratch);
