#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../golden/fbank.h"
#include "core/rng.h"
#include "feat/fbank.h"
#include "feat/veclog.h"

static const double pi = 3.14159265358979323846;

static float *
noise(size_t n, uint64_t seed)
{
	float *x = xmalloc(n, sizeof *x);
	struct rng r;

	rng_init(&r, seed);
	for (size_t i = 0; i < n; i++)
		x[i] = 0.1f * rng_normal(&r);
	return x;
}

/*
 * Within 1e-3 of torchaudio's double precision, and within 2e-3 of its single
 * precision but where that is as far from double itself.
 */
static void
check_golden(struct golden *g)
{
	struct fbank_options options = FBANK_OPTIONS_INIT;
	size_t n = g->rows * g->columns;
	float *out = xcalloc(n, sizeof *out);
	double theirs = golden_distance(g->single, g->wide, n);
	struct fbank fb;

	options.rate = g->rate;
	options.window = g->rate * 25 / 1000;
	options.hop = g->rate / 100;
	options.bands = g->bands;
	options.shape = (enum window_shape)g->shape;
	fbank_init(&fb, &options);
	assert_int_equal(g->columns, g->bands + 1);
	assert_int_equal(fbank_rows(&fb, g->samples), g->rows);
	fbank_forward(out, out + g->bands, g->columns, g->audio, g->rows, &fb);
	assert_true(golden_distance(out, g->wide, n) <= 1e-3);
	assert_true(golden_distance(out, g->single, n) <=
	            fmax(2e-3, theirs + 1e-3));
	fbank_release(&fb);
	free(out);
}

static void
golden(void **state)
{
	FILE *in = fopen("tests/golden/fbank.f32", "rb");
	struct golden g;
	int cases = 0;

	(void)state;
	assert_non_null(in);
	for (; golden_next(&g, in); cases++) {
		check_golden(&g);
		golden_release(&g);
	}
	assert_int_equal(cases, 18);
	fclose(in);
}

static double
mel_of(double hertz)
{
	return 1127 * log(1 + hertz / 700);
}

/* One cell by the formulas of fbank.h, hanning window. */
static double
naive_cell(const float *x, const struct fbank_options *o, size_t size, int band)
{
	double mean = 0, sum = 0, low = mel_of(o->low);
	double delta = (mel_of(o->high) - low) / (o->bands + 1);

	for (int i = 0; i < o->window; i++)
		mean += (double)x[i] / o->window;
	for (size_t k = 0; k < size / 2; k++) {
		double at = mel_of((double)k * o->rate / (double)size) - low;
		double weight = 1 - fabs(at / delta - band - 1), re = 0, im = 0;

		for (int i = 0; weight > 0 && i < o->window; i++) {
			double shape = 0.5 - 0.5 * cos(2 * pi * i /
						       (o->window - 1));
			double y = o->scale * shape * (x[i] - mean -
				   o->preemphasis * (x[i ? i - 1 : 0] - mean));
			double angle = 2 * pi * (double)(k * (size_t)i % size) /
				       (double)size;

			re += y * cos(angle);
			im += y * sin(angle);
		}
		sum += fmax(weight, 0) * (re * re + im * im);
	}
	return log(fmax(sum, (double)FLT_EPSILON));
}

static void
naive(void **state)
{
	struct fbank_options o = {
		.rate = 11025, .window = 211, .hop = 70, .bands = 17,
		.low = 60, .high = 4000, .preemphasis = 0.9, .scale = 32768,
		.shape = WINDOW_HANNING,
	};
	enum { SAMPLES = 1700, ROWS = 1 + (SAMPLES - 211) / 70 };
	float *x = noise(SAMPLES, 3), out[ROWS][17];
	struct fbank fb;

	(void)state;
	fbank_init(&fb, &o);
	assert_int_equal(fbank_rows(&fb, SAMPLES), ROWS);
	fbank_forward(out[0], NULL, 17, x, ROWS, &fb);
	for (int r = 0; r < ROWS; r++)
		for (int b = 0; b < 17; b++)
			assert_true(fabs(out[r][b] - naive_cell(x + 70 * r, &o,
							256, b)) < 1e-4);
	fbank_release(&fb);
	free(x);
}

static void
rows(void **state)
{
	struct fbank_options o = FBANK_OPTIONS_INIT;
	struct fbank fb;

	(void)state;
	fbank_init(&fb, &o);
	assert_int_equal(fbank_rows(&fb, 0), 0);
	assert_int_equal(fbank_rows(&fb, 399), 0);
	assert_int_equal(fbank_rows(&fb, 400), 1);
	assert_int_equal(fbank_rows(&fb, 559), 1);
	assert_int_equal(fbank_rows(&fb, 560), 2);
	fbank_release(&fb);
}

static void
alone(void **state)
{
	enum { ROWS = 37, STRIDE = 83 };
	struct fbank_options o = FBANK_OPTIONS_INIT;
	size_t samples = 400 + 160 * (ROWS - 1);
	float *x = noise(samples, 4), one[81];
	float *out = xcalloc(ROWS * STRIDE, sizeof *out);
	struct fbank fb;

	(void)state;
	for (size_t i = 0; i < samples; i++)
		x[i] *= i / 1600 % 2 ? 1e5f : 1;
	fbank_init(&fb, &o);
	fbank_forward(out, out + 80, STRIDE, x, ROWS, &fb);
	for (size_t r = 0; r < ROWS; r++) {
		fbank_forward(one, one + 80, STRIDE, x + 160 * r, 1, &fb);
		assert_memory_equal(one, out + STRIDE * r, sizeof one);
		/* What lies between the rows is not ours. */
		assert_true(out[STRIDE * r + 81] == 0);
		assert_true(out[STRIDE * r + 82] == 0);
	}
	fbank_release(&fb);
	free(out);
	free(x);
}

static void
extremes(void **state)
{
	const float levels[] = { 0, 1e-38f, 1e-20f, 1, 1e10f, 1e18f, 3e38f };
	struct fbank_options o = FBANK_OPTIONS_INIT;
	float x[400], out[81];
	struct fbank fb;

	(void)state;
	fbank_init(&fb, &o);
	for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
		for (size_t i = 0; i < 400; i++)
			x[i] = i / 7 % 2 ? levels[l] : -levels[l];
		fbank_forward(out, out + 80, 81, x, 1, &fb);
		for (size_t b = 0; b < 81; b++)
			assert_true(isfinite(out[b]) && out[b] > -15.95f);
	}
	fbank_release(&fb);
}

static void
logarithm(void **state)
{
	(void)state;
	/* Every 641st normal float, which is prime: all low bits are seen. */
	for (uint32_t bits = 0x00800000; bits < 0x7f800000; bits += 641) {
		double want;
		float x;

		memcpy(&x, &bits, sizeof x);
		want = log((double)x);
		if (!(fabs(veclog(x) - want) <= 2.4e-7 * fabs(want) + 1e-12))
			fail_msg("ln %a is %a, not %a", x, veclog(x), want);
	}
	assert_true(veclog(1) == 0);
	assert_true(isfinite(veclog(INFINITY)) && veclog(INFINITY) > 88);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "the numbers are torchaudio's",
		  golden, NULL, NULL, NULL },
		{ "the numbers are a naive implementation's",
		  naive, NULL, NULL, NULL },
		{ "a row is counted where a whole window fits",
		  rows, NULL, NULL, NULL },
		{ "a row depends on its own samples only",
		  alone, NULL, NULL, NULL },
		{ "silence and absurd levels give finite rows",
		  extremes, NULL, NULL, NULL },
		{ "the vector logarithm is as good as logf",
		  logarithm, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
