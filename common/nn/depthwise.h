/* depthwise.h - convolution of each channel on its own */
#pragma once

#include <stddef.h>

/*
 * Each channel convolved over time with k taps of its own, as many rows out
 * as in, zeros beyond both ends:
 *
 *	y[t,c] = bias[c] + sum_j weight[j,c] x[t + j - k/2, c]
 *
 * x, y [T,C], not the same   weight [k,C]   bias [C] or NULL   k odd
 */
void depthwise_forward(float *y, const float *x,
                       const float *weight, const float *bias,
                       size_t T, size_t C, size_t k);

/* Adds to dx [T,C], dweight [k,C] and dbias [C]; each may be NULL. */
void depthwise_backward(float *dx, float *dweight, float *dbias,
                        const float *dy, const float *x, const float *weight,
                        size_t T, size_t C, size_t k);
