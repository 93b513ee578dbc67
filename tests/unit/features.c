/* feat/features: the type as a text and back, widths, the view. */
#include <string.h>

#include "feat/features.h"
#include "gradient.h"

static const struct features_type speech = {
	.kind = FEATURES_FBANK, .columns = 6, .pitch = true, .deltas = 1,
	.rate = 16000, .window = 400, .hop = 160, .scale = 1
};

static void
test_print(void **state)
{
	static const char *const texts[] = {
		"fbank80 16000/400/160", "fbank80+pitch 16000/400/160",
		"mfcc13of23+deltas2 8000/200/80",
		"mfcc20+pitch+deltas1 96000/1/1",
		"mfcc256of256+pitch+deltas2 96000/19200/9600 x1e+06",
		"fbank4 16000/400/160 x32768", "fbank4 16000/400/160 x1e-06",
		"fbank256+pitch+deltas2 96000/19200/9600 x1e+06"
	};
	char again[FEATURES_TYPE_MAX];
	struct features_type t;

	(void)state;
	for (size_t i = 0; i < LEN(texts); i++) {
		assert_true(features_type_parse(&t, texts[i]));
		features_type_print(again, &t);
		assert_string_equal(again, texts[i]);
	}
}

static void
test_refuse(void **state)
{
	static const char *const texts[] = {
		"", " ", "fbank", "fbank80", "fbank80 16000/400", "80 1/1/1",
		"fbank0 16000/400/160", "fbank-8 16000/400/160",
		"fbank80 16000/400/160 ", " fbank80 16000/400/160",
		"fbank080 16000/400/160", "wav80 16000/400/160",
		"fbank80+deltas3 16000/400/160", "fbank80+ 16000/400/160",
		"fbank80+deltas0 16000/400/160", "fbank80 16000/400/160 x1",
		"fbank80+deltas1+pitch 16000/400/160", "fbank80 0/400/160",
		"fbank80 16000/0/160", "fbank80 16000/400/-1",
		"fbank80 16000/400/160 xnan", "fbank80 16000/400/160 x0",
		"fbank99999 16000/400/160", "fbank80of80 16000/400/160",
		"mfcc13of0 16000/400/160", "mfcc13of 16000/400/160",
		"mfcc13of-23 16000/400/160", "mfcc24of23 16000/400/160"
	};
	struct features_type t;

	(void)state;
	for (size_t i = 0; i < LEN(texts); i++)
		if (features_type_parse(&t, texts[i]))
			fail_msg("'%s' was accepted", texts[i]);
}

static void
test_width(void **state)
{
	struct features_type t = speech;

	(void)state;
	assert_int_equal(features_static_width(&t), 9);
	assert_int_equal(features_width(&t), 18);
	t.deltas = 2;
	assert_int_equal(features_width(&t), 27);
	t.pitch = false;
	assert_int_equal(features_static_width(&t), 6);
}

/* Some rows: bands 0 … -7, log F0 about 5, voicing, energy, slopes. */
static float *
rows_make(size_t T)
{
	float *x = random_floats(T * 18, 4);

	for (size_t i = 0; i < T * 18; i++)
		x[i] -= i % 18 < 6 ? 8 : i % 18 == 6 ? -5 : 0;
	return x;
}

static double
column_mean(const float *x, size_t T, size_t column)
{
	double sum = 0;

	for (size_t t = 0; t < T; t++)
		sum += (double)x[t * 18 + column];
	return sum / (double)T;
}

static void
test_view(void **state)
{
	enum { T = 200 };
	float *x = rows_make(T), *raw = rows_make(T);

	(void)state;
	features_view(x, T, &speech, false);
	for (size_t c = 0; c < 18; c++)
		if (c != 6 && c != 7)
			assert_close(column_mean(x, T, c), 0, 1e-5);
	for (size_t t = 0; t < T; t++) {
		assert_close((double)x[t * 18 + 6],
		             2 * ((double)raw[t * 18 + 6] - 5.2), 1e-5);
		assert_true(x[t * 18 + 7] == raw[t * 18 + 7]);
	}
	free(x);
	free(raw);
}

/* A louder recording, or a microphone with another response. */
static void
test_view_level(void **state)
{
	enum { T = 200 };
	float *x = rows_make(T), *louder = rows_make(T);

	(void)state;
	for (size_t t = 0; t < T; t++) {
		for (size_t c = 0; c < 6; c++)
			louder[t * 18 + c] += 4;
		louder[t * 18 + 8] += 4;
	}
	features_view(x, T, &speech, false);
	features_view(louder, T, &speech, false);
	assert_all_close(louder, x, T * 18, 2e-3);
	free(x);
	free(louder);
}

static void
test_view_normalised(void **state)
{
	float x[18 * 2], y[18 * 2];

	(void)state;
	for (int i = 0; i < 36; i++)
		x[i] = y[i] = (float)i / 7;
	features_view(y, 2, &speech, true);
	for (int i = 0; i < 36; i++)
		assert_close((double)y[i], 1.2 * (double)x[i], 1e-6);
}

static void
test_view_edges(void **state)
{
	static const float values[] = { 0, -16, 1e30f, -1e30f, 200 };

	(void)state;
	for (size_t i = 0; i < LEN(values); i++)
		for (size_t T = 1; T < 4; T++) {
			float *x = constant_floats(T * 18, values[i]);

			features_view(x, T, &speech, false);
			for (size_t j = 0; j < T * 18; j++)
				assert_true(isfinite(x[j]));
			free(x);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a type is read as it was written",
		  test_print, NULL, NULL, NULL },
		{ "what is no type is refused",
		  test_refuse, NULL, NULL, NULL },
		{ "widths count pitch and deltas",
		  test_width, NULL, NULL, NULL },
		{ "the view has mean 0, but for pitch and voicing",
		  test_view, NULL, NULL, NULL },
		{ "the view does not hear how loud a recording is",
		  test_view_level, NULL, NULL, NULL },
		{ "what cmvn normalised is only scaled",
		  test_view_normalised, NULL, NULL, NULL },
		{ "one row, silence and enormous values stay finite",
		  test_view_edges, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
