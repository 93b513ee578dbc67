#include <math.h>
#include <string.h>

#include "feat/spec_augment.h"

enum { BANDS_MAX = 512 };

/* Kaldi's mel scale, as in feat/mel.h. */
static float
mel_of(float hertz)
{
	return 1127 * logf(1 + hertz / 700);
}

static float
mel_inverse(float mel)
{
	return 700 * (expf(mel / 1127) - 1);
}

/* Row t of out is x at t * pace + first, between two rows. */
static float *
stretched(size_t *rows, const float *x, size_t width, struct rng *r,
          const struct spec_augment *o, struct arena *arena)
{
	float pace = rng_between(r, 1 - o->stretch, 1 + o->stretch);
	size_t T = *rows, n = (size_t)((float)T / pace), first = 0;
	float *out;

	n = n > 0 ? n : 1;
	if (o->crop > 0 && n > o->crop) {
		first = rng_below(r, n - o->crop + 1);
		n = o->crop;
	}
	out = arena_floats(arena, n * width);
	for (size_t t = 0; t < n; t++) {
		float at = (float)(t + first) * pace;
		size_t i = (size_t)at < T ? (size_t)at : T - 1;
		size_t j = i + 1 < T ? i + 1 : i;
		float part = at - (float)i;

		for (size_t c = 0; c < width; c++)
			out[t * width + c] = (1 - part) * x[i * width + c] +
				part * x[j * width + c];
	}
	*rows = n;
	return out;
}

/* For each band, where on the band axis it is read from. */
static void
warp_map(float *from, size_t bands, int rate, float factor)
{
	float low = mel_of(20), high = mel_of((float)rate / 2);
	float step = (high - low) / (float)(bands + 1);

	for (size_t b = 0; b < bands; b++) {
		float f = mel_inverse(low + step * (float)(b + 1)) / factor;
		float at = (mel_of(f) - low) / step - 1;

		at = at < 0 ? 0 : at;
		from[b] = at > (float)(bands - 1) ? (float)(bands - 1) : at;
	}
}

static void
warp(float *x, size_t T, size_t width, const struct features_type *type,
     float factor)
{
	size_t bands = (size_t)type->columns;
	float from[BANDS_MAX], old[BANDS_MAX];

	warp_map(from, bands, type->rate, factor);
	for (size_t t = 0; t < T; t++) {
		float *row = x + t * width;

		memcpy(old, row, bands * sizeof *old);
		for (size_t b = 0; b < bands; b++) {
			size_t i = (size_t)from[b];
			size_t j = i + 1 < bands ? i + 1 : i;
			float part = from[b] - (float)i;

			row[b] = (1 - part) * old[i] + part * old[j];
		}
	}
}

/* A straight line and half a cosine's hump over the bands. */
static void
tilt(float *x, size_t T, size_t width, size_t bands, float slope, float hump)
{
	float curve[BANDS_MAX];

	for (size_t b = 0; b < bands; b++) {
		float at = ((float)b + .5f) / (float)bands;

		curve[b] = slope * (2 * at - 1) +
			hump * cosf(6.2831853f * at);
	}
	for (size_t t = 0; t < T; t++)
		for (size_t b = 0; b < bands; b++)
			x[t * width + b] += curve[b];
}

static void
mask_bands(float *x, size_t T, size_t width, size_t bands, size_t widest,
           struct rng *r)
{
	size_t n = rng_below(r, (widest < bands ? widest : bands) + 1);
	size_t first = rng_below(r, bands - n + 1);

	for (size_t t = 0; t < T; t++)
		memset(x + t * width + first, 0, n * sizeof *x);
}

/* At most a third of the rows at once. */
static void
mask_rows(float *x, size_t T, size_t width, size_t widest, struct rng *r)
{
	size_t n = rng_below(r, widest + 1);
	size_t first;

	n = n < T / 3 ? n : T / 3;
	first = rng_below(r, T - n + 1);
	memset(x + first * width, 0, n * width * sizeof *x);
}

float *
spec_augment(size_t *rows, const float *x, const struct features_type *type,
             struct rng *r, const struct spec_augment *o, struct arena *arena)
{
	size_t width = features_width(type), bands = (size_t)type->columns;
	float *y = stretched(rows, x, width, r, o, arena);

	if (bands > BANDS_MAX)
		return y;
	if (type->kind == FEATURES_FBANK && o->warp > 0)
		warp(y, *rows, width, type,
		     1 + rng_between(r, -o->warp, o->warp));
	if (o->tilt > 0)
		tilt(y, *rows, width, bands, o->tilt * rng_normal(r),
		     .5f * o->tilt * rng_normal(r));
	for (int i = 0; i < o->masks; i++) {
		mask_bands(y, *rows, width, bands, (size_t)o->mask_bands, r);
		mask_rows(y, *rows, width, (size_t)o->mask_rows, r);
	}
	return y;
}
