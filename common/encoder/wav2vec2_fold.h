/*
 * wav2vec2_fold.h - weights in the layout that the kernels need
 *
 * Convolutions keep their taps before their channels, and the weight norm of
 * the positional convolution is multiplied out; of several, one follows the
 * other.  Folded once when a model is
 * opened, and after every update while training.
 */
#pragma once

#include "encoder/layout.h"

struct wav2vec2_folded {
	float *block;             /* owned; the rest points into it */
	size_t length, positions; /* of all; of position, which comes last */
	float *conv[ENCODER_CONVS_MAX]; /* [O,k,I] */
	float *position;          /* as nn/conv_grouped.h has it */
};

/* Room for folded weights, or for their gradients, all zeros. */
void
wav2vec2_folded_init(struct wav2vec2_folded *f, const struct encoder_config *c);
void wav2vec2_folded_release(struct wav2vec2_folded *f);

void wav2vec2_fold(struct wav2vec2_folded *f, const struct encoder_weights *w,
                   const struct encoder_config *c);

/* After an update that did not change the convolutions. */
void wav2vec2_fold_position(struct wav2vec2_folded *f,
                            const struct encoder_weights *w,
                            const struct encoder_config *c);

/* Adds to the gradient of the file's weights from df, that of the folded. */
void wav2vec2_fold_backward(struct encoder_weights *gradient,
                            const struct wav2vec2_folded *df,
                            const struct encoder_weights *w,
                            const struct encoder_config *c, bool convolutions);
