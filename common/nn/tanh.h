/* tanh.h - the hyperbolic tangent, forward and backward */
#ifndef TANH_H
#define TANH_H

#include <stddef.h>

/* y = tanh(x).   x, y [n], may be the same. */
void tanh_forward(float *y, const float *x, size_t n);

/* Adds to dx [n]:  dy (1 - y^2). */
void tanh_backward(float *dx, const float *dy, const float *y, size_t n);

#endif
