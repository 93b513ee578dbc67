/*
 * wav2vec2_convolutions.h - wav2vec 2.0's convolutions, from samples to rows
 *
 *	audio [N]
 *	for each of (usually) seven:
 *	    conv1d, strided, without padding
 *	    norm: over time in the first ("group"), over channels in all
 *	          ("layer")
 *	    GELU
 *	features [T,C], one row for each 20 ms
 *
 * One utterance at a time.
 */
#pragma once

#include "encoder/pass.h"
#include "encoder/fold.h"

/* What a convolution keeps for backward. */
struct wav2vec2_conv_kept {
	const float *x;           /* [T,I] */
	size_t T;
	float *z;                 /* [rows,O] before the norm */
	float *normed;            /* before GELU */
	float *mean, *rstd;
	size_t rows;
};

/*
 * features [encoder_rows(N),C]; N must be enough for one row.  kept, one for
 * each layer, is for backward, or NULL.  int8: weights in int8 to use, if it
 * has them, or NULL.  Takes from the arena.
 */
void
wav2vec2_convolutions_forward(float *features, struct wav2vec2_conv_kept *kept,
                              const struct encoder *n,
                              const struct encoder_packed *int8,
                              const float *audio, size_t N,
                              struct arena *arena);

/*
 * Adds to gradient (norms, biases) and to dfolded (the convolutions).
 * dfeatures is used up.
 */
void wav2vec2_convolutions_backward(
	struct encoder_weights *gradient, struct encoder_folded *dfolded,
	float *dfeatures, const struct wav2vec2_conv_kept *kept,
	const struct encoder *n, struct arena *scratch);

/*
 * The same with products in bfloat16, by convolutions that were packed:
 * features [encoder_rows(N),C] are bfloats.
 */
void wav2vec2_convolutions_halves(uint16_t *features, const struct encoder *n,
                                  const struct encoder_packed *packed,
                                  const float *audio, size_t N,
                                  struct arena *scratch);

/*
 * For encoder_products.convolutions: products.h.  A batch with packed
 * convolutions uses them, in floats, too.
 */
void wav2vec2_convolutions_plain(const struct encoder_values *features,
                                 const struct encoder_rows *rows,
                                 struct arena *scratch);
void wav2vec2_convolutions_packed(const struct encoder_values *features,
                                  const struct encoder_rows *rows,
                                  struct arena *scratch);
