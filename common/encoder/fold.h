/*
 * fold.h - weights in the layout that the kernels need
 *
 * Convolutions keep their taps before their channels, and the weight norm of
 * wav2vec 2.0's positional convolution is multiplied out; of several, one
 * follows the other.  Folded once when a model is opened, and after every
 * update while training.
 */
#pragma once

#include "encoder/layout.h"

struct encoder_folded {
	float *block;             /* owned; the rest points into it */
	size_t length, positions; /* of all; of position, which comes last */
	float *conv[ENCODER_CONVS_MAX]; /* [O,k,I] */
	float *position;          /* as nn/conv_grouped.h has it */
};

/* Room for folded weights, or for their gradients, all zeros. */
void
encoder_folded_init(struct encoder_folded *f, const struct encoder_config *c);
void encoder_folded_release(struct encoder_folded *f);

void encoder_fold(struct encoder_folded *f, const struct encoder_weights *w,
                   const struct encoder_config *c);

/* After an update that did not change the convolutions. */
void encoder_fold_position(struct encoder_folded *f,
                            const struct encoder_weights *w,
                            const struct encoder_config *c);

/* Adds to the gradient of the file's weights from df, that of the folded. */
void encoder_fold_backward(struct encoder_weights *gradient,
                            const struct encoder_folded *df,
                            const struct encoder_weights *w,
                            const struct encoder_config *c, bool convolutions);
