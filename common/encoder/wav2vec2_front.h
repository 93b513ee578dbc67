/*
 * wav2vec2_front.h - from the convolutions' rows to the transformer's input
 *
 *	p = linear(norm(features))             masked, while training
 *	x = p + GELU(positional convolution of p)
 *	x = norm(x)                            norm last only
 *
 * Utterances are packed, see encoder_layer.h.
 */
#ifndef WAV2VEC2_FRONT_H
#define WAV2VEC2_FRONT_H

#include "encoder/layer.h"
#include "encoder/wav2vec2_fold.h"

struct wav2vec2_front_kept {
	const float *features;    /* [N,C] */
	float *normed, *mean, *rstd;
	float *p;                 /* [N,H] */
	float *position;          /* [N,H] before GELU */
	float *sum, *sum_mean, *sum_rstd;
	uint8_t *projection_mask, *x_mask; /* dropout, or NULL */
	uint8_t *hidden_rows;     /* [N], SpecAugment, or NULL */
	uint8_t *hidden_channels; /* [count,H] */
};

/* x [N,H].  What is kept, and features, must stay until after backward. */
void
wav2vec2_front_forward(float *x, struct wav2vec2_front_kept *kept,
                       const float *features, const struct encoder_weights *w,
                       const struct wav2vec2_folded *folded,
                       const struct encoder_rows *rows, struct arena *arena);

/*
 * Adds to gradient and dfolded from dx [N,H], which is used up.  dfeatures
 * [N,C] is added to, or NULL.
 */
void
wav2vec2_front_backward(struct encoder_weights *gradient,
                        struct wav2vec2_folded *dfolded, float *dfeatures,
                        float *dx, const struct wav2vec2_front_kept *kept,
                        const struct encoder_weights *w,
                        const struct wav2vec2_folded *folded,
                        const struct encoder_rows *rows, struct arena *scratch);

#endif
