/* pool.h - pooling of rows over time */
#pragma once

#include <stddef.h>

/*
 * Attentive statistics pooling of one utterance (Okabe et al. 2018):
 *
 *	weight = softmax(score)
 *	mean = sum_t weight[t] x[t]
 *	deviation = sqrt(sum_t weight[t] (x[t] - mean)^2 + 1e-5)
 *
 * pooled [2C]: mean, then deviation   weight [T], kept for backward
 * score [T]   x [T,C]   T > 0.  Equal scores give plain statistics.
 */
void pool_forward(float *pooled, float *weight,
                  const float *score, const float *x, size_t T, size_t C);

/* Adds to dscore [T] and dx [T,C]. */
void pool_backward(float *dscore, float *dx, const float *dpooled,
                   const float *pooled, const float *weight,
                   const float *x, size_t T, size_t C);

/*
 * The mean and the standard deviation, sqrt(sum (x - mean)^2 / T), of each
 * column; sums in doubles, so minutes of rows lose no digits.
 *
 * mean, deviation [C], deviation may be NULL   x [T,C]   T > 0
 */
void statistics_forward(float *mean, float *deviation, const float *x,
                        size_t T, size_t C);
