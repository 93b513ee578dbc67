/* layernorm.h - normalisation of each row */
#pragma once

#include <stddef.h>

#define LAYERNORM_EPSILON 1e-5f /* PyTorch's default */

/*
 * Normalise each row of x to zero mean and unit variance, then scale and
 * shift:  y = (x - mean) * rstd * gain + bias,  where
 * rstd = 1 / sqrt(variance + epsilon)  (Ba et al. 2016).
 *
 * x, y [N,C], may be the same   gain, bias [C]
 * mean, rstd [N] are kept for backward
 */
void layernorm_forward(float *y, float *mean, float *rstd,
                       const float *x, const float *gain, const float *bias,
                       size_t N, size_t C, float epsilon);

/* Adds to dx [N,C], dgain [C] and dbias [C]; the caller zeroes them. */
void layernorm_backward(float *dx, float *dgain, float *dbias,
                        const float *dy, const float *x, const float *gain,
                        const float *mean, const float *rstd,
                        size_t N, size_t C);
