/*
 * precise_linear.h - a linear layer of a network, in the precision of its pass
 */
#ifndef ENCODER_PRECISE_LINEAR_H
#define ENCODER_PRECISE_LINEAR_H

#include "encoder/layer.h"

/* y [N,O], rows ldy apart, of x [N,I]; as nn/linear.h has it. */
void encoder_linear_forward(float *y, size_t ldy, const float *x,
                            const struct encoder_linear *w, size_t I, size_t O,
                            const struct encoder_rows *rows);

/*
 * Adds to gradient and to dx [N,I], or writes it, if that is fresh; or NULL.
 * Rows of dy are lddy apart.
 */
void
encoder_linear_backward(float *dx, bool fresh, struct encoder_linear *gradient,
                        const float *dy, size_t lddy, const float *x,
                        const struct encoder_linear *w, size_t I, size_t O,
                        const struct encoder_rows *rows);

#endif
