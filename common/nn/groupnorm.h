/* groupnorm.h - normalisation of each channel over time */
#pragma once

#include <stddef.h>

/*
 * Normalise each channel of x over time to zero mean and unit variance, then
 * scale and shift:  y = (x - mean) * rstd * gain + bias,  where
 * rstd = 1 / sqrt(variance + epsilon).  (Wu and He 2018, with as many groups
 * as channels.)  Sums are in double precision: T may be millions.
 *
 * x, y [T,C], may be the same   gain, bias [C]   T > 0
 * mean, rstd [C] are kept for backward
 */
void groupnorm_forward(float *y, float *mean, float *rstd,
                       const float *x, const float *gain, const float *bias,
                       size_t T, size_t C, float epsilon);

/* Adds to dx [T,C], dgain [C] and dbias [C]; dx may be NULL. */
void groupnorm_backward(float *dx, float *dgain, float *dbias,
                        const float *dy, const float *x, const float *gain,
                        const float *mean, const float *rstd,
                        size_t T, size_t C);
