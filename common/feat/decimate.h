/*
 * decimate.h - low-pass filters and keeps every factor-th sample
 *
 *	y[m] = sum over |j| <= half of h[j] x[factor m + j]
 *	h[j] ~ sinc(2 cutoff j / rate) (1 + cos(pi j / (half + 1))), sum h = 1
 *
 * half covers four zeros of the sinc; the filter has no delay.  Samples before
 * the first and after the last are taken as zero.
 */
#pragma once

#include <stddef.h>

struct decimator {
	size_t factor, half;
	size_t steps;       /* taps a phase, a multiple of 4 */
	float *taps;        /* [factor][steps], h[factor s + p - half] */
};

/* rate and cutoff in Hz; rate / factor is at most 5.5 times the cutoff. */
void decimator_init(struct decimator *d, size_t factor, double rate,
		    double cutoff);

/* Samples of the output: samples / factor, rounded up. */
size_t decimator_count(const struct decimator *d, size_t samples);

/* y [decimator_count]   x [samples] */
void decimator_forward(float *y, const float *x, size_t samples,
		       const struct decimator *d);

void decimator_release(struct decimator *d);
