/*
 * wav2vec2_front.h - the front end of wav2vec 2.0, HuBERT and WavLM
 *
 *	features = convolutions(samples)       wav2vec2_convolutions.h
 *	p = linear(norm(features))             masked while training
 *	sum = p + GELU(positional convolution of p)     or wav2vec2_chain.h
 *	x = norm(sum)                          with norm last; else x = sum
 */
#pragma once

#include "encoder/pass.h"
#include "encoder/fold.h"

struct wav2vec2_front_kept {
	struct encoder_operand features; /* [N,C], or their norm */
	float *p;                 /* [N,H] */
	const float *located;     /* [N,H] what the convolution reads */
	float *position;          /* [N,H] before GELU */
	struct wav2vec2_chain_kept *chain; /* in place of these two; or NULL */
	struct encoder_operand x; /* norm(sum), with norm last */
	uint8_t *projection_mask, *x_mask; /* dropout, or NULL */
	uint8_t *hidden_rows;     /* [N], SpecAugment, or NULL */
	uint8_t *hidden_channels; /* [count,H] */
};

extern const struct encoder_front wav2vec2_front;

/* The positional convolution, for the tables of products. */
void
wav2vec2_position_plain(float *sum, struct wav2vec2_front_kept *kept,
                        const struct encoder_rows *rows, struct arena *arena);
void
wav2vec2_position_packed(float *sum, struct wav2vec2_front_kept *kept,
                         const struct encoder_rows *rows, struct arena *arena);

void
wav2vec2_position_backward(struct encoder_weights *gradient,
                           struct encoder_folded *dfolded, float *dp,
                           const float *dposition,
                           const struct wav2vec2_front_kept *kept,
                           const struct encoder_rows *rows,
                           struct arena *scratch);
