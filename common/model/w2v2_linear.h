/*
 * w2v2_linear.h - a linear layer of a network, in the precision of its pass
 */
#ifndef W2V2_LINEAR_H
#define W2V2_LINEAR_H

#include "model/w2v2_layer.h"

/* y [N,O], rows ldy apart, of x [N,I]; as nn/linear.h has it. */
void w2v2_linear_forward(float *y, size_t ldy, const float *x,
                         const struct w2v2_linear *w, size_t I, size_t O,
                         const struct w2v2_rows *rows);

/*
 * Adds to gradient and to dx [N,I], or writes it, if that is fresh; or NULL.
 * Rows of dy are lddy apart.
 */
void w2v2_linear_backward(float *dx, bool fresh, struct w2v2_linear *gradient,
                          const float *dy, size_t lddy, const float *x,
                          const struct w2v2_linear *w, size_t I, size_t O,
                          const struct w2v2_rows *rows);

#endif
