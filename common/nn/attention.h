/* attention.h - multi-head self-attention, forward and backward */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct bf16_unit;

/* Additions to plain attention; each pointer may be NULL. */
struct attention_extra {
	const float *gate;        /* [T,heads], with relative (WavLM) */
	const float *relative;    /* [heads,2T-1]; T-1 is distance 0 */
	const uint8_t *mask;      /* [heads,T,T] of dropout_mask */
	float share;              /* of probabilities dropped */
	const struct bf16_unit *unit; /* products by gemm_rounded, in */
	uint16_t *rounded;        /* [attention_rounded(T, C / heads)] */
};

/*
 * Multi-head self-attention of one utterance, between its two linear layers
 * (Vaswani et al. 2017).  For each head, with D = C / heads channels:
 *
 *	score[q,k] = q k^T / sqrt(D) + gate[q] relative[k - q + T - 1]
 *	out = dropout(softmax(score)) v
 *
 * qkv [T,3C]: a row is q, k, v, each the heads side by side
 * out [T,C]
 * probability [heads,T,T]: the softmax, kept for backward; NULL keeps nothing
 * scratch [attention_scratch(T)], and extra's, by the thread that calls; their
 * contents do not matter.  They grow with T, not its square.
 * extra: may be NULL
 *
 * No padding masks: utterances run one at a time and are never padded.
 */
size_t attention_scratch(size_t T);
size_t attention_rounded(size_t T, size_t D);

void attention_forward(float *out, float *probability, float *scratch,
                       const float *qkv, const struct attention_extra *extra,
                       size_t T, size_t C, size_t heads);

/*
 * Adds to dqkv [T,3C] and, if extra has a gate, to dgate [T,heads] and
 * drelative [heads,2T-1].
 */
void attention_backward(float *dqkv, float *dgate, float *drelative,
                        float *scratch, const float *dout, const float *qkv,
                        const float *probability,
                        const struct attention_extra *extra,
                        size_t T, size_t C, size_t heads);
