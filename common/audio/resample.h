/*
 * resample.h - converts a stream of samples from one sampling rate to another
 *
 * The only module that uses libsoxr, at its "high quality": 20 bits, linear
 * phase, flat to 0.913 of the lower Nyquist frequency.  The output has no delay
 * and n * to / from samples, rounded; it is the same to the last bit whatever
 * sizes are read at once.  Equal rates: the samples pass unchanged.
 */
#pragma once

#include <stddef.h>

/* Writes up to count samples, none only at the end; returns how many. */
typedef size_t resample_input(void *context, float *samples, size_t count);

struct resample {
	void *soxr;               /* NULL where the rates are equal */
	resample_input *input;
	void *context;
	float *block;             /* owned */
};

/* Rates in Hz; their ratio is at most 1000. */
void resample_init(struct resample *r, double from, double to,
                   resample_input *input, void *context);

/* Reads count samples; fewer only at the end. */
size_t resample_read(struct resample *r, float *samples, size_t count);

void resample_release(struct resample *r);
