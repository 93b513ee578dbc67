/*
 * w2v2_encoder.h - the convolutions of wav2vec 2.0: samples in, rows out
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
#ifndef W2V2_ENCODER_H
#define W2V2_ENCODER_H

#include "core/arena.h"
#include "model/w2v2_fold.h"
#include "model/w2v2_layout.h"

/* One layer's way in, for backward. */
struct w2v2_conv_kept {
	const float *x;           /* [T,I] */
	size_t T;
	float *z;                 /* [rows,O] before the norm */
	float *normed;            /* before GELU */
	float *mean, *rstd;
	size_t rows;
};

/*
 * features [w2v2_rows(N),C]; N must be enough for one row.  kept, one for
 * each layer, is for backward, or NULL.  Takes from the arena.
 */
void w2v2_encoder_forward(float *features, struct w2v2_conv_kept *kept,
                          const float *audio, size_t N,
                          const struct w2v2_config *c,
                          const struct w2v2_weights *w,
                          const struct w2v2_folded *folded,
                          struct arena *arena);

/*
 * Adds to gradient (norms, biases) and to dfolded (the convolutions).
 * dfeatures is used up.
 */
void w2v2_encoder_backward(struct w2v2_weights *gradient,
                           struct w2v2_folded *dfolded, float *dfeatures,
                           const struct w2v2_conv_kept *kept,
                           const struct w2v2_config *c,
                           const struct w2v2_weights *w,
                           const struct w2v2_folded *folded,
                           struct arena *scratch);

#endif
