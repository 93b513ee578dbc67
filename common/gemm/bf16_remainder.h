/*
 * bf16_remainder.h - corrects a product for the rounding of its weight
 *
 * A weight W rounded to bfloat16 is off by R = W - rounded(W), the same for
 * all rows of an utterance: unlike the rounding of inputs, this does not
 * average out over time.
 *
 *	W x[t] = rounded(W) x[t] + R mean(x) + R (x[t] - mean(x))
 *
 * The last term is left out.  So the correction R mean(x) is a bias, one for
 * each utterance; Nagel et al. 2019 (section 4.2) have one for a model, from
 * its expected inputs.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * R of W [N,K] in eight bits an element and a scale a row, to within 1 %.
 * remainder [bf16_remainder_length(N, K)], aligned as floats are.
 */
size_t bf16_remainder_length(size_t N, size_t K);
void bf16_remainder_pack(uint16_t *remainder, const float *W, size_t N,
                         size_t K);

/* y [N] = bias + R mean, mean [K]; bias may be NULL.  Uses all threads. */
void bf16_remainder_bias(float *y, const uint16_t *remainder,
                         const float *bias, const float *mean, size_t N,
                         size_t K);

/* mean [C] of the rows of x [T,C], floats or bfloats.  Uses all threads. */
void rows_mean(float *mean, const float *x, size_t T, size_t C);
void rows_mean_halves(float *mean, const uint16_t *x, size_t T, size_t C);
