/* level.h, noise.h, effects.h: levels, spectra, and times of decay. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/augmenter.h"
#include "audio/effects.h"
#include "audio/level.h"
#include "audio/noise.h"
#include "core/xalloc.h"

enum { N = 1 << 16, RATE = 16000 };

static bool
near(double a, double b, double tolerance)
{
	return fabs(a - b) <= tolerance;
}

/* Amplitude of x at a frequency, by a sum over whole seconds. */
static double
amplitude(const float *x, size_t n, double hertz)
{
	double c = 0, s = 0, step = 2 * 3.14159265358979 * hertz / RATE;

	for (size_t i = 0; i < n; i++) {
		c += (double)x[i] * cos(step * (double)i);
		s += (double)x[i] * sin(step * (double)i);
	}
	return 2 * hypot(c, s) / (double)n;
}

static void
rms_of_known_samples(void **state)
{
	const float x[] = { .5f, -1, .5f, 0 };

	(void)state;
	assert_true(near(level_rms(x, 4), sqrt(1.5 / 4), 1e-12));
	assert_true(level_rms(x, 0) == 0);
	assert_true(near(decibels(10), 20, 1e-12));
	assert_true(near(decibels_level(-6), .5012, 1e-4));
}

static void
a_gain_is_a_factor(void **state)
{
	float x[] = { .5f, -1 };

	(void)state;
	level_gain(x, 2, 4);
	assert_true(x[0] == 2 && x[1] == -4);
}

static void
white_noise_is_even_and_pink_falls_by_three_decibels(void **state)
{
	float *x = xmalloc(N, sizeof *x);
	double band[2][4];
	struct rng rng;

	(void)state;
	rng_init(&rng, 3);
	for (int pink = 0; pink < 2; pink++) {
		if (pink)
			noise_pink(x, N, RATE, &rng);
		else
			noise_white(x, N, &rng);
		assert_true(near(level_rms(x, N), 1, .15));
		for (int o = 0; o < 4; o++) { /* 200, 400, 800, 1600 Hz */
			double sum = 0;

			for (int k = 0; k < 100; k++) {
				double a = amplitude(x, N, (200 + k) *
				                     (1 << o));

				sum += a * a;
			}
			band[pink][o] = 10 * log10(sum);
		}
	}
	for (int o = 1; o < 4; o++) {
		assert_true(near(band[0][o] - band[0][o - 1], 0, 2));
		assert_true(near(band[1][o] - band[1][o - 1], -3, 2));
	}
	free(x);
}

static void
a_room_dies_away_in_the_time_given(void **state)
{
	float *x = xcalloc(N, sizeof *x), *y = xmalloc(N, sizeof *y);
	double early, late;
	struct rng rng;

	(void)state;
	rng_init(&rng, 1);
	x[0] = 1;
	effect_reverb(y, x, N, RATE, 1, &rng);
	early = decibels(level_rms(y + 800, 1600));       /* at .1 s */
	late = decibels(level_rms(y + 800 + 8000, 1600)); /* at .6 s */
	assert_true(near(early - late, 30, 1));
	assert_true(level_rms(y + RATE + 1, N - RATE - 1) == 0);
	/* as much energy in the click as in the rest */
	assert_true(near((double)y[0] * (double)y[0],
	                 level_rms(y + 1, N - 1) * level_rms(y + 1, N - 1) *
	                 (N - 1), 1e-3));
	free(x);
	free(y);
}

static void
a_telephone_is_three_decibels_down_at_its_ends(void **state)
{
	static const double hertz[] = { 300, 3400, 1000, 100, 7000 };
	static const double loss[] = { -3, -3, 0, -38, -40 };
	float *x = xmalloc(2 * RATE, sizeof *x);

	(void)state;
	for (int i = 0; i < 5; i++) {
		double got;

		for (size_t n = 0; n < 2 * RATE; n++)
			x[n] = (float)sin(2 * 3.14159265358979 * hertz[i] /
			                  RATE * (double)n);
		effect_band(x, 2 * RATE, RATE);
		got = decibels(amplitude(x + RATE, RATE, hertz[i]));
		assert_true(i < 3 ? near(got, loss[i], .2) : got < loss[i]);
	}
	free(x);
}

static void
mulaw_is_close_for_weak_and_strong_and_clips(void **state)
{
	float x[201];

	(void)state;
	for (int i = 0; i <= 200; i++)
		x[i] = (float)(i - 100) / 80;
	effect_mulaw(x, 201);
	for (int i = 0; i <= 200; i++) {
		float want = fmaxf(-1, fminf(1, (float)(i - 100) / 80));

		assert_true(fabsf(x[i] - want) <= .025f * fabsf(want) + 1e-4f);
	}
}

static void
a_range_is_two_numbers_in_order(void **state)
{
	static const char *const bad[] = {
		"", ":", "1:", ":1", "2:1", "1:2:3", "-1:0", "0:11", "a", "1,2"
	};
	struct range r = { false, 0, 0 };

	(void)state;
	assert_true(range_parse(&r, "1:2.5", 0, 10));
	assert_true(r.given && r.low == 1 && r.high == 2.5f);
	assert_true(range_parse(&r, "3", 0, 10));
	assert_true(r.low == 3 && r.high == 3);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(range_parse(&r, bad[i], 0, 10));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rms_of_known_samples),
		cmocka_unit_test(a_gain_is_a_factor),
		cmocka_unit_test(
			white_noise_is_even_and_pink_falls_by_three_decibels),
		cmocka_unit_test(a_room_dies_away_in_the_time_given),
		cmocka_unit_test(
			a_telephone_is_three_decibels_down_at_its_ends),
		cmocka_unit_test(mulaw_is_close_for_weak_and_strong_and_clips),
		cmocka_unit_test(a_range_is_two_numbers_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
