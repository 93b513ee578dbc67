/*
 * w2v2_fold.h - weights as the kernels want them, made of those in the file
 *
 * Convolutions keep their taps before their channels, and the weight norm of
 * the positional convolution is multiplied out.  Folded once when a model is
 * opened, and after every update while training.
 */
#ifndef W2V2_FOLD_H
#define W2V2_FOLD_H

#include "model/w2v2_layout.h"

struct w2v2_folded {
	float *block;             /* owned; the rest points into it */
	size_t length, positions; /* of all; of position, which comes last */
	float *conv[W2V2_CONVS_MAX]; /* [O,k,I] */
	float *position;          /* as nn/conv_grouped.h has it */
};

/* Room for folded weights, or for their gradients, all zeros. */
void w2v2_folded_init(struct w2v2_folded *f, const struct w2v2_config *c);
void w2v2_folded_release(struct w2v2_folded *f);

void w2v2_fold(struct w2v2_folded *f, const struct w2v2_weights *w,
               const struct w2v2_config *c);

/* After an update that left the convolutions as they were. */
void w2v2_fold_position(struct w2v2_folded *f, const struct w2v2_weights *w,
                        const struct w2v2_config *c);

/* Adds to gradient what df, the gradient of the folded, says of its parts. */
void w2v2_fold_backward(struct w2v2_weights *gradient,
                        const struct w2v2_folded *df,
                        const struct w2v2_weights *w,
                        const struct w2v2_config *c,
                        bool convolutions);

#endif
