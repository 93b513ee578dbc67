/*
 * w2v2_feed.h - the feed-forward part of a transformer layer
 *
 *	feed(h) = dropout(linear(dropout(GELU(linear(h)))))
 */
#ifndef W2V2_FEED_H
#define W2V2_FEED_H

#include "core/rng.h"
#include "model/w2v2_layer.h"

/* Are its activations kept in bfloat16, two to a float? */
bool w2v2_feed_rounds(const struct w2v2_rows *rows);

/* out [N,H] of kept->h; the rest that backward needs is kept in the arena. */
void w2v2_feed_forward(float *out, struct w2v2_kept *kept,
                       const struct w2v2_layer *w,
                       const struct w2v2_rows *rows, struct rng *rng,
                       struct arena *arena);

/* Adds to dh what dout, the gradient of feed(h), says; they may be the same. */
void w2v2_feed_backward(struct w2v2_layer *gradient, float *dh,
                        const float *dout, const struct w2v2_kept *kept,
                        const struct w2v2_layer *w,
                        const struct w2v2_rows *rows, struct arena *scratch);

#endif
