/*
 * gemm.h - products of matrices in float, through OpenBLAS
 */
#pragma once

#include <stddef.h>

enum gemm_side { GEMM_PLAIN, GEMM_TRANSPOSED };

/*
 * C = alpha op(A) op(B) + beta C, row-major;  op(A) is [M,K], op(B) [K,N],
 * C [M,N].  A is stored [M,K], or [K,M] when a is GEMM_TRANSPOSED; so is
 * B.  lda, ldb and ldc are the floats from one stored row to the next, never
 * fewer than the row holds: BLAS refuses rows that overlap.  beta 0 overwrites
 * C whatever it held.  Any size may be zero.
 */
void gemm(enum gemm_side a, enum gemm_side b, size_t M, size_t N, size_t K,
          float alpha, const float *A, size_t lda,
          const float *B, size_t ldb, float beta, float *C, size_t ldc);

/*
 * gemm in all threads, tile by tile.  The tiles depend on the sizes alone, so
 * the result does not depend on the number of threads.  Inside a parallel
 * region, even of one thread, it is gemm.
 */
void gemm_wide(enum gemm_side a, enum gemm_side b,
               size_t M, size_t N, size_t K,
               float alpha, const float *A, size_t lda,
               const float *B, size_t ldb, float beta, float *C, size_t ldc);

/* C = op(A) op(B) + bias, with bias [N] added to each row. */
void gemm_onto_bias(enum gemm_side a, enum gemm_side b,
                    size_t M, size_t N, size_t K,
                    const float *A, size_t lda, const float *B, size_t ldb,
                    const float *bias, float *C, size_t ldc);

/* The tiles of gemm_wide, for other loops; a small product has one. */
struct gemm_cut { size_t M, N, rows, columns, tiles; };
struct gemm_tile { size_t m, n, rows, columns; };

struct gemm_cut gemm_cut(size_t M, size_t N, size_t K);
struct gemm_tile gemm_tile(const struct gemm_cut *c, size_t i);

/*
 * Call it once, before the first gemm and before any thread starts.  Makes
 * OpenBLAS use one thread a call, so that results are repeatable, and kernels
 * that suit the processor.
 */
void gemm_begin(void);
