/*
 * wav2vec2_position.h - one positional convolution of all utterances, and the
 * norm that some networks of HuBERT have before it
 */
#pragma once

#include "encoder/pass.h"
#include "encoder/fold.h"

/* Room that convolutions of these rows need, one after the other. */
void *wav2vec2_position_room(const struct encoder_rows *rows,
                             struct arena *arena);

/* y [N,H]: convolution i of x, in the arithmetic of the rows. */
void
wav2vec2_position_convolve(float *y, const float *x, size_t i,
                           const struct encoder_rows *rows, void *room);

/* Adds to gradient (the bias), dfolded and dx [N,H] from dy. */
void wav2vec2_position_convolve_backward(
	struct encoder_weights *gradient, struct encoder_folded *dfolded,
	float *dx, const float *dy, const float *x, size_t i,
	const struct encoder_rows *rows, struct arena *scratch);

/*
 * HuBERT's batch norm [conv_pos_batch_norm], for each channel:
 *
 *	y = (x - mean) / sqrt(variance + 0.00001) gain + bias
 *
 * Mean and variance are those of the file, also while training: what a batch
 * holds may not change its results.
 */

/* y [N,H] in the arena; x itself where the network has none. */
const float *
wav2vec2_batch_norm_forward(const float *x, const struct encoder_rows *rows,
                            struct arena *arena);

/* Adds to dx [N,H] and to gradient from dy. */
void wav2vec2_batch_norm_backward(struct encoder_weights *gradient, float *dx,
                                  const float *dy, const float *x,
                                  const struct encoder_rows *rows);
