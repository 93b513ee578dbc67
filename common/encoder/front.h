/*
 * front.h - what computes the first layer's input: the front end of a network
 *
 * wav2vec 2.0's convolutions, projection and positions are one (HuBERT and
 * WavLM have the same).  Another front end is another table, and a line in
 * encoder.c.
 */
#pragma once

#include "encoder/pass.h"

struct wav2vec2_folded;

struct encoder_front {
	/* Rows of N samples; 0 when they are too few. */
	size_t (*rows)(const struct encoder_config *c, size_t N);

	/*
	 * Sets stream->x and, without training, stream->next.  Returns what
	 * backward needs.  arena keeps all that outlives the call; scratch is
	 * cleared.
	 */
	void *(*forward)(struct encoder_stream *stream,
	                 const struct encoder_rows *rows, struct arena *arena,
	                 struct arena *scratch);

	/* Adds to gradient and dfolded from dx [N,H], which is used up. */
	void (*backward)(struct encoder_weights *gradient,
	                 struct wav2vec2_folded *dfolded, float *dx,
	                 const void *kept, const struct encoder_rows *rows,
	                 struct arena *arena, struct arena *scratch);
};
