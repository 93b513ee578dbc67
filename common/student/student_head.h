/*
 * student_head.h - from the trunk's rows to logits, forward and backward
 *
 *	norm
 *	attentive mean and deviation over time  [2d]  the embedding
 *	linear                                  [K]   the logits
 */
#pragma once

#include "student/student_block.h"

struct student_head_kept {
	const float *trunk;                   /* in [N,d] */
	float *norm, *mean, *rstd;
	float *hidden;                        /* of the score, after tanh */
	float *weight;                        /* of the pooling [N] */
	float *embedding, *dropped;           /* and after dropout */
	uint8_t *mask;                        /* dropout's, or NULL */
	float dropout;
};

/* Everything is in the arena. */
void student_head_forward(float *logits, struct student_head_kept *kept,
                          const float *trunk,
                          const struct student_rows *rows,
                          const struct student_weights *w,
                          const struct student_shape *shape,
                          const struct student_dropout *dropout,
                          struct arena *arena);

/*
 * Adds to gradient and to dtrunk [N,d].  dembedding [count,2d], or NULL, is
 * the loss's gradient of the embedding, before dropout.
 */
void student_head_backward(struct student_weights *gradient, float *dtrunk,
                           const struct student_head_kept *kept,
                           const float *dlogits, const float *dembedding,
                           const struct student_rows *rows,
                           const struct student_weights *w,
                           const struct student_shape *shape,
                           struct arena *scratch);
