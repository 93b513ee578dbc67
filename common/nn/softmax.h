/* softmax.h - softmax and log-softmax of rows */
#pragma once

#include <stddef.h>

/* Each row:  y = exp(x) / sum exp(x).   x, y [N,C], may be the same. */
void softmax_forward(float *y, const float *x, size_t N, size_t C);

/* Each row:  y = x - log sum exp(x).   x, y [N,C], may be the same. */
void log_softmax_forward(float *y, const float *x, size_t N, size_t C);

/*
 * From the softmax y that forward computed:  dx = y (dy - sum(y dy)).
 * Adds to dx [N,C], except that where dx is dy it is replaced.
 */
void softmax_backward(float *dx, const float *dy, const float *y,
                      size_t N, size_t C);
