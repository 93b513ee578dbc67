/*
 * wav2vec2_chain.h - data2vec's positional convolutions, one after the other
 *
 *	x = p
 *	for each:  x = GELU(norm(convolution of x))
 *	sum = p + x
 *
 * The norm is over channels, without gain and bias (Hugging Face's
 * modeling_data2vec_audio.py).  wav2vec 2.0 has one convolution, without a
 * norm.
 */
#pragma once

#include "encoder/wav2vec2_front.h"

/* sum [N,H]; while training, k->chain is set. */
void wav2vec2_chain_forward(float *sum, struct wav2vec2_front_kept *k,
                            const struct encoder_rows *rows,
                            struct arena *arena);

/* Adds to gradient, dfolded and dp from dsum, all [N,H]. */
void wav2vec2_chain_backward(struct encoder_weights *gradient,
                             struct encoder_folded *dfolded, float *dp,
                             const float *dsum,
                             const struct wav2vec2_front_kept *k,
                             const struct encoder_rows *rows,
                             struct arena *scratch);
