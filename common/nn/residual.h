/* residual.h - residual connections and scaled sums */
#pragma once

#include <stddef.h>

/*
 * y = x + gain z: adds a branch z to x, each channel scaled
 * (LayerScale of Touvron et al. 2021).
 *
 * x, y, z [N,C]; y may be x or z   gain [C], or NULL for ones
 */
void residual_forward(float *y, const float *x, const float *z,
                      const float *gain, size_t N, size_t C);

/* y += factor x.   x, y [n] */
void add_scaled(float *y, float factor, const float *x, size_t n);
