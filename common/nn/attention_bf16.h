/* attention_bf16.h - self-attention with products in bfloat16, forward */
#pragma once

#include "gemm/gemm_bf16.h"
#include "nn/attention.h"

/*
 * attention_forward with products in bfloat16; the softmax is in float.
 * Queries are divided by sqrt(D) already, in their linear layer.
 *
 * out [T,C], qkv [T,3C]: bfloats; rows of qkv are read up to a multiple of 32,
 * beyond T
 * scratch [attention_bf16_scratch(T, C, heads)] bytes, by the thread that
 * calls; its contents do not matter
 * bias [C] of the values, in float, or NULL: since the weights of a query sum
 * to 1, it is added to the result
 * extra: gate and relative only, or NULL
 */
size_t attention_bf16_scratch(size_t T, size_t C, size_t heads);

void attention_bf16_forward(uint16_t *out, void *scratch, const uint16_t *qkv,
                            const float *bias,
                            const struct attention_extra *extra,
                            const struct bf16_unit *unit,
                            size_t T, size_t C, size_t heads);
