/*
 * feed_forward.h - the feed-forward part of a transformer layer
 *
 *	feed(h) = dropout(linear(dropout(GELU(linear(h)))))
 *
 * linear H -> F, then F -> H.
 */
#pragma once

#include "core/rng.h"
#include "encoder/layer.h"

/* Are the activations between the two products kept as bfloat16? */
bool encoder_feed_halves(const struct encoder_rows *rows);

/* y = feed(kept->h) + residual, which may be y */
void encoder_feed_forward(float *y, struct encoder_kept *kept,
                          const float *residual,
                          const struct encoder_rows *rows, struct rng *rng,
                          struct arena *arena);

/* Adds to dh from dout, the gradient of feed(h); they may be the same. */
void
encoder_feed_backward(struct encoder_layer *gradient, float *dh,
                      const float *dout, const struct encoder_kept *kept,
                      const struct encoder_rows *rows, struct arena *scratch);
