/*
 * w2v2_front.h - from the convolutions' rows to the transformer's input
 *
 *	p = linear(norm(features))             masked, while training
 *	x = p + GELU(positional convolution of p)
 *	x = norm(x)                            norm last only
 *
 * Utterances are packed, see w2v2_layer.h.
 */
#ifndef W2V2_FRONT_H
#define W2V2_FRONT_H

#include "model/w2v2_fold.h"
#include "model/w2v2_layer.h"

struct w2v2_front_kept {
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
void w2v2_front_forward(float *x, struct w2v2_front_kept *kept,
                        const float *features,
                        const struct w2v2_weights *w,
                        const struct w2v2_folded *folded,
                        const struct w2v2_rows *rows, struct arena *arena);

/*
 * Adds to gradient and dfolded from dx [N,H], which is used up.  dfeatures
 * [N,C] is added to, or NULL.
 */
void w2v2_front_backward(struct w2v2_weights *gradient,
                         struct w2v2_folded *dfolded, float *dfeatures,
                         float *dx, const struct w2v2_front_kept *kept,
                         const struct w2v2_weights *w,
                         const struct w2v2_folded *folded,
                         const struct w2v2_rows *rows,
                         struct arena *scratch);

#endif
