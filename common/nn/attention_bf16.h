#ifndef ATTENTION_BF16_H
#define ATTENTION_BF16_H

#include "gemm/gemm_bf16.h"
#include "nn/attention.h"

/*
 * attention_forward with products in bfloat16; the softmax is in float.
 * Queries come over sqrt(D) already: it belongs to their linear layer.
 *
 * out [T,C], qkv [T,3C]: bfloats; of qkv, rows are read up to a multiple of
 * 32, whatever is in those beyond T
 * scratch [attention_bf16_scratch(T, C, heads)] bytes, asked for by the thread
 * that calls; what it holds does not matter
 * bias [C]: of values, in float: as the shares of a query sum to 1, it is
 * added to what is heard; or NULL
 * extra: gate and relative only, or NULL
 */
size_t attention_bf16_scratch(size_t T, size_t C, size_t heads);

void attention_bf16_forward(uint16_t *out, void *scratch, const uint16_t *qkv,
                            const float *bias,
                            const struct attention_extra *extra,
                            const struct bf16_unit *unit,
                            size_t T, size_t C, size_t heads);

#endif
