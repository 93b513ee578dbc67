/*
 * gemm_panel.h - large products with weights that lie row by row
 *
 * BLAS packs both sides, each time anew, which the few hundred rows of an
 * utterance hardly repay.  Here only the weights are packed, 32 columns of
 * the result at a time, and the other side is read where it lies.
 */
#ifndef GEMM_PANEL_H
#define GEMM_PANEL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * y = x weight^T + bias
 *
 * y [M,N], rows ldy apart   x [M,K], rows ldx apart, which may overlap
 * weight [N,K]   bias [N], or NULL for none
 *
 * In all threads.  Each sum is taken in the order of K, fused, whatever M and
 * the number of threads.  False, and y as it was, of what it leaves to BLAS:
 * small products, those inside a parallel region, all without AVX-512.
 */
bool gemm_panel(float *y, size_t ldy, const float *x, size_t ldx,
                const float *weight, const float *bias,
                size_t M, size_t N, size_t K);

#endif
