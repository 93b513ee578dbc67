/*
 * log_softmax.h - log softmax(z / T) of any finite logits, in double
 *
 *	log softmax(z / T)_c = (z_c - most) / T - log_sum
 *
 * The two are stored apart, as the rounding of their sum would lose log_sum
 * beside a large logit.  No exponent is above 0.
 */
#pragma once

#include <stddef.h>

struct log_softmax {
	const float *z;
	double T, most, log_sum;
};

/* Of z [n], which is borrowed; n is over 0. */
struct log_softmax log_softmax(const float *z, size_t n, double T);

/* Of all but class `left`; n is over 1. */
struct log_softmax log_softmax_without(const float *z, size_t n, size_t left,
                                       double T);

double log_softmax_at(const struct log_softmax *s, size_t c);
