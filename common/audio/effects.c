#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/effects.h"
#include "audio/level.h"
#include "audio/resample.h"
#include "core/xalloc.h"

static const double PI = 3.14159265358979323846;

struct buffer {
	const float *samples;
	size_t left;
};

static size_t
buffer_read(void *context, float *samples, size_t count)
{
	struct buffer *b = context;

	if (count > b->left)
		count = b->left;
	memcpy(samples, b->samples, count * sizeof *samples);
	b->samples += count;
	b->left -= count;
	return count;
}

size_t
effect_speed(float **y, const float *x, size_t n, int rate, double factor)
{
	size_t room = (size_t)((double)n / factor) + 2;
	struct buffer buffer = { x, n };
	struct resample r;
	size_t length;

	*y = xmalloc(room, sizeof **y);
	resample_init(&r, rate * factor, rate, buffer_read, &buffer);
	length = resample_read(&r, *y, room);
	resample_release(&r);
	return length;
}

/* y [n] += x * h [taps], in pieces of y that fit the nearest cache. */
static void
convolve(float *y, const float *x, size_t n, const float *h, size_t taps)
{
	enum { PIECE = 2048 };

	for (size_t from = 0; from < n; from += PIECE) {
		size_t to = from + PIECE < n ? from + PIECE : n;

		for (size_t k = 0; k < taps && k < to; k++)
			for (size_t i = from > k ? from : k; i < to; i++)
				y[i] += h[k] * x[i - k];
	}
}

void
effect_reverb(float *y, const float *x, size_t n, int rate, double t60,
              struct rng *rng)
{
	size_t taps = (size_t)(t60 * rate) + 1;
	float *h = xmalloc(taps, sizeof *h);
	double level = level_rms(x, n), wet;

	h[0] = 0;
	for (size_t k = 1; k < taps; k++)
		h[k] = (float)exp(-log(1000) * (double)k / (t60 * rate)) *
		       rng_normal(rng);
	wet = level_rms(h, taps) * sqrt((double)taps);
	if (wet > 0)
		level_gain(h, taps, (float)(1 / wet));
	h[0] = 1;
	memset(y, 0, n * sizeof *y);
	convolve(y, x, n, h, taps);
	wet = level_rms(y, n);
	if (wet > 0)
		level_gain(y, n, (float)(level / wet));
	free(h);
}

/*
 * One second-order section, high-pass or low-pass: the bilinear transform of
 * a pair of poles with quality q (Bristow-Johnson's "Cookbook formulae for
 * audio EQ biquad filter coefficients").
 */
static void
section(float *x, size_t n, double corner, int rate, double q, int high)
{
	double w = 2 * PI * corner / rate;
	double alpha = sin(w) / (2 * q), c = cos(w), scale = 1 / (1 + alpha);
	double b0 = (high ? 1 + c : 1 - c) / 2 * scale;
	double b1 = (high ? -2 : 2) * b0;
	double a1 = -2 * c * scale, a2 = (1 - alpha) * scale;
	double s1 = 0, s2 = 0;

	for (size_t i = 0; i < n; i++) {
		double in = (double)x[i], out = b0 * in + s1;

		s1 = b1 * in - a1 * out + s2;
		s2 = b0 * in - a2 * out;
		x[i] = (float)out;
	}
}

void
effect_band(float *x, size_t n, int rate)
{
	/* poles of a fourth-order Butterworth filter: 1 / (2 cos(pi m/8)) */
	double q[] = { 1 / (2 * cos(PI / 8)), 1 / (2 * cos(3 * PI / 8)) };

	for (int i = 0; i < 2; i++) {
		section(x, n, 300, rate, q[i], 1);
		if (rate > 2 * 3400)
			section(x, n, 3400, rate, q[i], 0);
	}
}

void
effect_mulaw(float *x, size_t n)
{
	const float mu = 255, top = logf(1 + mu);

	for (size_t i = 0; i < n; i++) {
		float level = fminf(fabsf(x[i]), 1);
		float code = roundf(logf(1 + mu * level) / top * 127);

		x[i] = copysignf((expf(code / 127 * top) - 1) / mu, x[i]);
	}
}
