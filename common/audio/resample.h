/*
 * resample.h - one sampling rate to another, as a stream
 *
 * The only door to libsoxr, at its "high quality" (20 bits, linear phase,
 * flat to 0.913 of the lower Nyquist frequency).  The output is in step with
 * the input (no delay), has n * to / from samples, rounded, and is the same to
 * the last bit whatever the sizes it is asked for in.  Equal rates: the
 * samples pass untouched.
 */
#ifndef RESAMPLE_H
#define RESAMPLE_H

#include <stddef.h>

/* Gives up to count samples, none only at the end. */
typedef size_t resample_source(void *context, float *samples, size_t count);

struct resample {
	void *soxr;               /* NULL where the rates are equal */
	resample_source *source;
	void *context;
	float *block;             /* owned */
};

/* Rates in Hz, of any ratio up to 1000. */
void resample_init(struct resample *r, double from, double to,
                   resample_source *source, void *context);

/* Reads count samples; fewer only at the end. */
size_t resample_read(struct resample *r, float *samples, size_t count);

void resample_release(struct resample *r);

#endif
