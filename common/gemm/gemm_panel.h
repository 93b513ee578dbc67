/*
 * gemm_panel.h - large products in float with weights, by AVX-512
 *
 * BLAS packs both sides at every call, which costs too much for the few
 * hundred rows of an utterance.  Here only the weights are packed, 32 columns
 * of the result at a time; the other side is read where it is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * y = x weight^T + bias
 *
 * y [M,N], rows ldy apart   x [M,K], rows ldx apart, which may overlap
 * weight [N,K]   bias [N], or NULL for none
 *
 * Uses all threads.  Each sum is taken in the order of K, fused, whatever M and
 * the number of threads are.  Returns false, with y unchanged, for products
 * that BLAS should do: small ones, those inside a parallel region, and all
 * without AVX-512.
 */
bool gemm_panel(float *y, size_t ldy, const float *x, size_t ldx,
                const float *weight, const float *bias,
                size_t M, size_t N, size_t K);
