#ifndef GEMM_H
#define GEMM_H

#include <stddef.h>

enum gemm_side { GEMM_PLAIN, GEMM_TRANSPOSED };

/*
 * C = alpha op(A) op(B) + beta C, row-major;  op(A) is [M,K], op(B) [K,N],
 * C [M,N].  A is stored [M,K], or [K,M] when a is GEMM_TRANSPOSED; likewise
 * B.  lda, ldb and ldc are the floats from one stored row to the next, never
 * fewer than the row holds: BLAS refuses rows that overlap.  beta 0 overwrites
 * C whatever it held.  Any size may be zero.
 *
 * This is the only file that knows a BLAS.
 */
void gemm(enum gemm_side a, enum gemm_side b, size_t M, size_t N, size_t K,
          float alpha, const float *A, size_t lda,
          const float *B, size_t ldb, float beta, float *C, size_t ldc);

/*
 * gemm in all threads, tile by tile.  How C is cut depends on the sizes
 * alone, so the result does not depend on the number of threads.  Inside a
 * parallel region, be it of one thread, it is the same as gemm.
 */
void gemm_wide(enum gemm_side a, enum gemm_side b,
               size_t M, size_t N, size_t K,
               float alpha, const float *A, size_t lda,
               const float *B, size_t ldb, float beta, float *C, size_t ldc);

/* gemm_wide with alpha 1, onto C whose rows are all bias [N] at first. */
void gemm_onto_bias(enum gemm_side a, enum gemm_side b,
                    size_t M, size_t N, size_t K,
                    const float *A, size_t lda, const float *B, size_t ldb,
                    const float *bias, float *C, size_t ldc);

/* Such tiles, for other loops: there is one if the product is small. */
struct gemm_cut { size_t M, N, rows, columns, tiles; };
struct gemm_tile { size_t m, n, rows, columns; };

struct gemm_cut gemm_cut(size_t M, size_t N, size_t K);
struct gemm_tile gemm_tile(const struct gemm_cut *c, size_t i);

/*
 * Once, before the first gemm and before any thread is started: one thread a
 * call, so that results are repeatable, and kernels that suit the processor.
 */
void gemm_begin(void);

#endif
