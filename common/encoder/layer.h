/*
 * layer.h - one transformer layer, forward and backward
 *
 *	norm last                     norm first ("stable")
 *	s = x + attention(x)          s = x + attention(norm(x))
 *	h = norm(s)                   h = norm(s)
 *	y = norm(h + feed(h))         y = s + feed(h)
 *
 * x, s, h, y are [N,H], the rows of all utterances: see pass.h.  The layer
 * knows nothing of what computes its first input.
 */
#pragma once

#include "encoder/pass.h"

/* What forward keeps for backward, in the arena it was given. */
struct encoder_kept {
	size_t n;                 /* the layer's number */
	const struct encoder_layer *w; /* its weights */
	struct encoder_operand a; /* the input of attention: x or norm(x) */
	struct encoder_values qkv, attended; /* [N,3H], [N,H] */
	float **probability;      /* per utterance [heads,T,T] */
	float *gate;              /* WavLM: [N,heads] */
	struct encoder_operand h; /* norm(s) */
	struct encoder_values wide, active; /* [N,F] before and after GELU */
	struct encoder_operand y; /* norm last: norm(h + feed(h)) */
	uint8_t *out_mask, *active_mask, *feed_mask; /* dropout, or NULL */
	uint8_t **probability_mask;
};

/*
 * Layer n of stream->x, which becomes the next layer's input.  Without
 * training, the old input's buffer holds its values until the next layer.
 */
void
encoder_layer_forward(struct encoder_stream *stream, struct encoder_kept *kept,
                      size_t n, const struct encoder_rows *rows,
                      struct arena *arena);

/* Turns dy [N,H] into dx, in place; adds to gradient and drelative. */
void
encoder_layer_backward(struct encoder_layer *gradient, float *dy,
                       const struct encoder_kept *kept,
                       const struct encoder_rows *rows, struct arena *scratch);
