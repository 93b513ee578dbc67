/*
 * feed_forward.h - the feed-forward part of a transformer layer
 *
 *	feed(h) = dropout(linear(dropout(GELU(linear(h)))))
 */
#ifndef ENCODER_FEED_FORWARD_H
#define ENCODER_FEED_FORWARD_H

#include "core/rng.h"
#include "encoder/layer.h"

/* Are its activations kept in bfloat16, two to a float? */
bool encoder_feed_rounds(const struct encoder_rows *rows);

/* out [N,H] of kept->h; the rest that backward needs is kept in the arena. */
void encoder_feed_forward(float *out, struct encoder_kept *kept,
                          const struct encoder_layer *w,
                          const struct encoder_rows *rows, struct rng *rng,
                          struct arena *arena);

/* Adds to dh what dout, the gradient of feed(h), says; they may be the same. */
void
encoder_feed_backward(struct encoder_layer *gradient, float *dh,
                      const float *dout, const struct encoder_kept *kept,
                      const struct encoder_layer *w,
                      const struct encoder_rows *rows, struct arena *scratch);

#endif
