/*
 * self_attention.h - the attention part of a transformer layer
 *
 *	q, k, v = linear(a)
 *	attention(a) = dropout(linear(softmax(q k^T / sqrt(D) + bias) v))
 *
 * for each head of D channels (nn/attention.h).  WavLM's bias depends on the
 * distance of two rows, and is gated by a (nn/relative_bias.h).
 */
#pragma once

#include "core/rng.h"
#include "encoder/layer.h"

/* WavLM: rows->relative, the bias of every distance, once for all layers. */
void encoder_relative_forward(struct encoder_rows *rows,
                              struct arena *arena);

/* WavLM: rows->drelative, all zeros; then what it adds to the gradient. */
void encoder_relative_backward_begin(struct encoder_rows *rows,
                                     struct arena *arena);
void encoder_relative_backward_end(struct encoder_weights *gradient,
                                   const struct encoder_rows *rows);

/* s = attention(kept->a) + residual */
void encoder_attention_forward(float *s, struct encoder_kept *kept,
                               const float *residual,
                               const struct encoder_rows *rows,
                               struct rng *rng, struct arena *arena);

/* Adds to da from dout, the gradient of attention(a); they may be the same. */
void
encoder_attention_backward(struct encoder_layer *gradient, float *da,
                           const float *dout, const struct encoder_kept *kept,
                           const struct encoder_rows *rows,
                           struct arena *scratch);

/* For encoder_products.attention: products.h. */
void encoder_attention_plain(struct encoder_kept *kept,
                             const struct encoder_rows *rows, struct rng *rng,
                             struct arena *arena);
