#ifndef ATTENTION_H
#define ATTENTION_H

#include <stddef.h>

/*
 * Multi-head self-attention of one utterance, between its two linear layers
 * (Vaswani et al. 2017).  For each head, with D = C / heads channels:
 *
 *	out = softmax(q k^T / sqrt(D)) v
 *
 * qkv [T,3C]: a row is q, k, v, each the heads side by side
 * out [T,C]   probability [heads,T,T], kept for backward
 * No masks: utterances run one at a time and are never padded.
 */
void attention_forward(float *out, float *probability, const float *qkv,
                       size_t T, size_t C, size_t heads);

/* Adds to dqkv [T,3C].   scratch [T,T]; what it holds does not matter. */
void attention_backward(float *dqkv, float *scratch, const float *dout,
                        const float *qkv, const float *probability,
                        size_t T, size_t C, size_t heads);

#endif
