/* gelu.h - the GELU activation, forward and backward */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * y = x Phi(x), where Phi is the normal distribution function: the exact
 * form of Hendrycks and Gimpel (2016), not the tanh approximation.
 * Within 1e-6 of it for |x| < 8, within 1e-7 |x| beyond.
 *
 * x, y [n], may be the same
 */
void gelu_forward(float *y, const float *x, size_t n);

/* Adds to dx [n]:  dy (Phi(x) + x phi(x)),  phi the normal density. */
void gelu_backward(float *dx, const float *dy, const float *x, size_t n);

/* Multiplies dy [n] by that derivative, in place; x may be bfloats. */
void gelu_backward_over(float *dy, const float *x, size_t n);
void gelu_backward_over_halves(float *dy, const uint16_t *x, size_t n);

/*
 * An approximation for products in bfloat16: within 4e-5 of y, and 6.5e-5 |x|
 * for small x, in a third of the time.  Backward uses the exact derivative.
 */
void gelu_rough(float *y, const float *x, size_t n);
