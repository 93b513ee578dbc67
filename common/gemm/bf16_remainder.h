/*
 * bf16_remainder.h - what rounding takes off a weight, for the mean of its
 * inputs
 *
 * A weight W rounded to bfloat16 is off by R = W - rounded(W), the same for
 * all frames of an utterance: unlike the rounding of inputs, this does not
 * average out over time.  With it, all but the mean's share is exact:
 *
 *	W x[t] = rounded(W) x[t] + R mean(x) + R (x[t] - mean(x))
 *
 * of which the last is left out.  So R mean(x) is a bias, one an utterance:
 * Nagel et al. 2019 (section 4.2) have one a model, of its expected inputs.
 */
#ifndef BF16_REMAINDER_H
#define BF16_REMAINDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * R of W [N,K] in eight bits an element and a scale a row, about .01 of itself
 * off.  remainder [bf16_remainder_length(N, K)], aligned as floats are.
 */
size_t bf16_remainder_length(size_t N, size_t K);
void bf16_remainder_pack(uint16_t *remainder, const float *W, size_t N,
                         size_t K);

/* y [N] = bias + R mean, mean [K]; bias may be NULL.  In all threads. */
void bf16_remainder_bias(float *y, const uint16_t *remainder,
                         const float *bias, const float *mean, size_t N,
                         size_t K);

/* Over the rows of x [T,C], floats, or bfloats.  In all threads. */
void rows_mean(float *mean, const float *x, size_t T, size_t C);
void rows_mean_halves(float *mean, const uint16_t *x, size_t T, size_t C);

#endif
