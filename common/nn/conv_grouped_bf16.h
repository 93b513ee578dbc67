/* conv_grouped_bf16.h - grouped convolution with products in bfloat16 */
#pragma once

#include "gemm/gemm_bf16.h"
#include "nn/linear_bf16.h"

/*
 * The convolution of conv_grouped.h with products in bfloat16.
 *
 * packed [conv_grouped_bf16_packed(C, groups, k)]: the weight [C,k,I]
 * scratch [conv_grouped_bf16_scratch(T, C, groups, k)], by the thread that
 * calls; its contents do not matter
 */
size_t conv_grouped_bf16_packed(size_t C, size_t groups, size_t k);
void conv_grouped_bf16_pack(uint16_t *packed, const float *weight, size_t C,
                            size_t groups, size_t k);

/* Packs it for the dx of backward, to the same length; space is for threads. */
void conv_grouped_bf16_pack_back(uint16_t *packed, const float *weight,
                                 struct bf16_space *space, size_t C,
                                 size_t groups, size_t k);

size_t conv_grouped_bf16_scratch(size_t T, size_t C, size_t groups, size_t k);

/* out: where [T,C] goes, and bias, activation, residual; see gemm_bf16.h. */
void conv_grouped_bf16_forward(const struct bf16_out *out,
                               const struct bf16_unit *unit,
                               uint16_t *scratch, const float *x,
                               const uint16_t *packed,
                               size_t T, size_t C, size_t groups, size_t k);

/* As conv_grouped_backward, packed by pack_back; dx may be NULL. */
void conv_grouped_bf16_backward(float *dx, float *dweight, float *dbias,
                                const float *dy, const float *x,
                                const uint16_t *packed,
                                struct bf16_space *space,
                                size_t T, size_t C, size_t groups, size_t k);
