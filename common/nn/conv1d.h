/* conv1d.h - convolution over time, forward and backward */
#pragma once

#include <stddef.h>

/*
 * Convolution over time, as torch.nn.Conv1d computes it:
 *
 *	y[t,o] = bias[o] + sum_j sum_i weight[o,j,i] x[t*stride + j, i]
 *
 * x [T,I]; zeros at its ends, if wanted, are the caller's
 * y [conv1d_rows(T, k, stride), O]
 * weight [O,k,I]: taps before channels (PyTorch keeps [O,I,k])
 * bias [O], or NULL for none
 */
size_t conv1d_rows(size_t T, size_t k, size_t stride);

void conv1d_forward(float *y, const float *x,
                    const float *weight, const float *bias,
                    size_t T, size_t I, size_t O, size_t k, size_t stride);

/* Adds to dx [T,I], dweight [O,k,I] and dbias [O]; each may be NULL. */
void conv1d_backward(float *dx, float *dweight, float *dbias,
                     const float *dy, const float *x, const float *weight,
                     size_t T, size_t I, size_t O, size_t k, size_t stride);
