/* resample.h: same bits whatever the sizes, in step, right length. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/resample.h"
#include "core/rng.h"
#include "core/xalloc.h"

enum { LENGTH = 50000, ROOM = 4 * LENGTH, BUFFER = 2 * ROOM };

/* Samples given out in pieces of at most size (0: any). */
struct tape {
	const float *samples;
	size_t length, at, size;
};

static size_t
tape_read(void *context, float *samples, size_t count)
{
	struct tape *t = context;
	size_t left = t->length - t->at;

	if (count > left)
		count = left;
	if (t->size > 0 && count > t->size)
		count = t->size;
	memcpy(samples, t->samples + t->at, count * sizeof *samples);
	t->at += count;
	return count;
}

/* Resamples all of x, asking for step samples at a time. */
static size_t
convert(float *y, const float *x, size_t n, double from, double to,
        size_t step, size_t piece)
{
	struct tape tape = { x, n, 0, piece };
	struct resample r;
	size_t done = 0, got;

	resample_init(&r, from, to, tape_read, &tape);
	do {
		assert_true(done + step <= BUFFER);
		got = resample_read(&r, y + done, step);
		done += got;
	} while (got > 0);
	resample_release(&r);
	return done;
}

static void
noise_fill(float *x, size_t n)
{
	struct rng rng;

	rng_init(&rng, 7);
	for (size_t i = 0; i < n; i++)
		x[i] = rng_between(&rng, -1, 1);
}

static void
the_same_bits_come_whatever_the_sizes(void **state)
{
	static const double rate[][2] = {
		{ 48000, 16000 }, { 44100, 16000 }, { 8000, 16000 },
		{ 11025, 16000 }, { 16000, 14983.7 }, { 192000, 4000 }
	};
	static const size_t steps[] = { 1, 37, 480, 16000 };
	static const size_t pieces[] = { 0, 1, 100, 1000 };
	float *x = xmalloc(LENGTH, sizeof *x);
	float *whole = xmalloc(BUFFER, sizeof *x);
	float *y = xmalloc(BUFFER, sizeof *x);

	(void)state;
	noise_fill(x, LENGTH);
	for (size_t r = 0; r < sizeof rate / sizeof rate[0]; r++) {
		size_t n = convert(whole, x, LENGTH, rate[r][0], rate[r][1],
		                   ROOM, 0);

		assert_int_equal(n, llround(LENGTH * rate[r][1] / rate[r][0]));
		for (size_t i = 0; i < 16; i++) {
			assert_int_equal(n, convert(y, x, LENGTH, rate[r][0],
			                            rate[r][1], steps[i / 4],
			                            pieces[i % 4]));
			assert_memory_equal(y, whole, n * sizeof *y);
		}
	}
	free(x);
	free(whole);
	free(y);
}

static void
equal_rates_leave_the_samples_untouched(void **state)
{
	float *x = xmalloc(LENGTH, sizeof *x);
	float *y = xmalloc(BUFFER, sizeof *x);

	(void)state;
	noise_fill(x, LENGTH);
	x[5] = 0x1p-140f;
	x[6] = 1e30f;
	assert_int_equal(convert(y, x, LENGTH, 16000, 16000, 999, 0), LENGTH);
	assert_memory_equal(x, y, LENGTH * sizeof *x);
	free(x);
	free(y);
}

/* A tone of 1 kHz must come out as itself: neither late, nor weaker. */
static void
a_tone_comes_out_in_step_and_as_loud(void **state)
{
	static const double from[] = { 48000, 44100, 8000 };
	float *x = xmalloc(LENGTH, sizeof *x);
	float *y = xmalloc(BUFFER, sizeof *x);

	(void)state;
	for (size_t r = 0; r < 3; r++) {
		double step = 2 * 3.14159265358979 * 1000;
		size_t n;

		for (size_t i = 0; i < LENGTH; i++)
			x[i] = (float)sin(step * (double)i / from[r]);
		n = convert(y, x, LENGTH, from[r], 16000, ROOM, 0);
		for (size_t i = 1000; i + 1000 < n; i++)
			assert_true(fabs((double)y[i] -
			                 sin(step * (double)i / 16000)) < 1e-4);
	}
	free(x);
	free(y);
}

static void
what_lies_above_the_new_band_is_gone(void **state)
{
	float *x = xmalloc(LENGTH, sizeof *x);
	float *y = xmalloc(BUFFER, sizeof *x);
	size_t n;

	(void)state;
	for (size_t i = 0; i < LENGTH; i++)
		x[i] = (float)sin(2 * 3.14159265358979 * 9000 / 48000 *
		                  (double)i);
	n = convert(y, x, LENGTH, 48000, 16000, ROOM, 0);
	for (size_t i = 1000; i + 1000 < n; i++)
		assert_true(fabsf(y[i]) < 1e-5f);
	free(x);
	free(y);
}

static void
nothing_in_gives_nothing_out(void **state)
{
	float y[64];
	float x = .5f;
	struct tape tape = { &x, 0, 0, 0 };
	struct resample r;

	(void)state;
	resample_init(&r, 48000, 16000, tape_read, &tape);
	assert_int_equal(resample_read(&r, y, 64), 0);
	resample_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bits_come_whatever_the_sizes),
		cmocka_unit_test(equal_rates_leave_the_samples_untouched),
		cmocka_unit_test(a_tone_comes_out_in_step_and_as_loud),
		cmocka_unit_test(what_lies_above_the_new_band_is_gone),
		cmocka_unit_test(nothing_in_gives_nothing_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
