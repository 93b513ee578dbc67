/*
 * wav2vec2_batch_norm.h - HuBERT's batch norm before the positional convolution
 *
 *	y = (x - mean) / sqrt(variance + 0.00001) gain + bias
 *
 * for each channel [conv_pos_batch_norm].  Mean and variance are those of the
 * file, also while training: what a batch holds may not change its results.
 */
#pragma once

#include "encoder/pass.h"

/* y [N,H] in the arena; x itself where the network has none. */
const float *
wav2vec2_batch_norm_forward(const float *x, const struct encoder_rows *rows,
                            struct arena *arena);

/* Adds to dx [N,H] and to gradient from dy. */
void wav2vec2_batch_norm_backward(struct encoder_weights *gradient, float *dx,
                                  const float *dy, const float *x,
                                  const struct encoder_rows *rows);
