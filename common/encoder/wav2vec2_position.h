/* wav2vec2_position.h - one positional convolution of all utterances */
#pragma once

#include "encoder/pass.h"
#include "encoder/fold.h"

/* Has the network several, with norms between them?  See wav2vec2_chain.h. */
bool wav2vec2_position_chained(const struct encoder_config *c);

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
