#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/vector.h"
#include "core/xalloc.h"
#include "feat/decimate.h"

enum { BLOCK = 256, STEPS_MAX = 32, ZEROS = 4 };

static double
tap(double j, double half, double step)
{
	const double pi = 3.14159265358979323846;
	double sinc = j == 0 ? 1 : sin(pi * step * j) / (pi * step * j);

	return sinc * (1 + cos(pi * j / (half + 1)));
}

void
decimator_init(struct decimator *d, size_t factor, double rate, double cutoff)
{
	double step = 2 * cutoff / rate, sum = 0;
	size_t length;

	d->factor = factor;
	d->half = (size_t)ceil(ZEROS / step);
	length = 2 * d->half + 1;
	d->steps = ((length + factor - 1) / factor + 3) / 4 * 4;
	assert(factor > 0 && d->steps <= STEPS_MAX);
	d->taps = xcalloc(factor * d->steps, sizeof *d->taps);
	for (size_t j = 0; j < length; j++)
		sum += tap((double)j - (double)d->half, (double)d->half, step);
	for (size_t j = 0; j < length; j++) {
		double h = tap((double)j - (double)d->half, (double)d->half,
			       step);

		d->taps[j % factor * d->steps + j / factor] = (float)(h / sum);
	}
}

size_t
decimator_count(const struct decimator *d, size_t samples)
{
	return samples / d->factor + (samples % d->factor != 0);
}

/* out[i] = x[stride i]; a constant stride is much faster. */
static inline void
stride_copy(float *restrict out, const float *restrict x, size_t count,
	    size_t stride)
{
	for (size_t i = 0; i < count; i++)
		out[i] = x[i * stride];
}

/*
 * phase[i] = x[factor (first + i) + p - half], 0 before x begins and after
 * it ends.
 */
VECTORISED static void
phase_fill(float *restrict phase, size_t count, const float *restrict x,
	   size_t samples, size_t first, size_t p, const struct decimator *d)
{
	size_t at = d->factor * first + p, i = 0, inside;

	for (; i < count && at < d->half; i++, at += d->factor)
		phase[i] = 0;
	at -= d->half;
	inside = i < count && at < samples ?
		 (samples - at - 1) / d->factor + 1 : 0;
	inside = inside < count - i ? inside : count - i;
	if (inside > 0 && d->factor == 4)
		stride_copy(phase + i, x + at, inside, 4);
	else if (inside > 0)
		stride_copy(phase + i, x + at, inside, d->factor);
	for (i += inside; i < count; i++)
		phase[i] = 0;
}

/* y[i] += sum of taps[s] phase[i + s] */
VECTORISED static void
phase_add(float *restrict y, const float *restrict phase,
	  const float *restrict taps, size_t steps)
{
	for (size_t s = 0; s < steps; s += 4, phase += 4, taps += 4)
		for (size_t i = 0; i < BLOCK; i++)
			y[i] += taps[0] * phase[i] + taps[1] * phase[i + 1] +
				taps[2] * phase[i + 2] +
				taps[3] * phase[i + 3];
}

void
decimator_forward(float *y, const float *x, size_t samples,
		  const struct decimator *d)
{
	size_t count = decimator_count(d, samples);
	float phase[BLOCK + STEPS_MAX], sum[BLOCK];

	for (size_t m = 0; m < count; m += BLOCK) {
		size_t n = count - m < BLOCK ? count - m : BLOCK;

		memset(sum, 0, sizeof sum);
		for (size_t p = 0; p < d->factor; p++) {
			phase_fill(phase, BLOCK + d->steps, x, samples,
				   m, p, d);
			phase_add(sum, phase, d->taps + p * d->steps,
				  d->steps);
		}
		memcpy(y + m, sum, n * sizeof *y);
	}
}

void
decimator_release(struct decimator *d)
{
	free(d->taps);
	d->taps = NULL;
}
