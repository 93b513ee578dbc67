/* conv_grouped.h - convolution over time in groups */
#pragma once

#include <stddef.h>

/*
 * Convolution over time in groups, of stride 1 and with zeros beyond both
 * ends; as many rows out as in, so that an even kernel looks back one row
 * further than ahead (wav2vec 2.0's positional convolution).  With
 * I = C / groups, and channel o in group o / I, which begins at channel c:
 *
 *	y[t,o] = bias[o] + sum_j sum_i weight[o,j,i] x[t + j - k/2, c + i]
 *
 * x, y [T,C], not the same   bias [C], or NULL for none
 * weight [C,k,I]: taps before channels (PyTorch keeps [C,I,k])
 * scratch [conv_grouped_scratch(T, C, groups, k)], by the thread that calls;
 * its contents do not matter
 */
size_t conv_grouped_scratch(size_t T, size_t C, size_t groups, size_t k);

void conv_grouped_forward(float *y, float *scratch, const float *x,
                          const float *weight, const float *bias,
                          size_t T, size_t C, size_t groups, size_t k);

/* Adds to dx [T,C], dweight [C,k,I] and dbias [C]; each may be NULL. */
void conv_grouped_backward(float *dx, float *dweight, float *dbias,
                           float *scratch, const float *dy, const float *x,
                           const float *weight,
                           size_t T, size_t C, size_t groups, size_t k);
