/* feat/extract: columns where they should be, whatever stands beside them. */
#include <string.h>

#include "feat/extract.h"
#include "gradient.h"

enum { RATE = 16000, SAMPLES = 8000 };

static float *
voice(void)
{
	float *x = random_floats(SAMPLES, 1);

	for (size_t i = 0; i < SAMPLES; i++) {
		double t = (double)i / RATE;

		x[i] = .01f * x[i] + (float)(.3 * sin(1000 * t) +
		                             .2 * sin(2000 * t));
	}
	return x;
}

static float *
extract(size_t *rows, const struct features_type *type, const float *audio)
{
	struct arena arena = ARENA_INIT;
	struct extractor e;
	float *out;

	extractor_init(&e, type);
	*rows = extractor_rows(&e, SAMPLES);
	out = constant_floats(*rows * features_width(type), NAN);
	extractor_forward(out, audio, SAMPLES, *rows, &arena, &e);
	extractor_release(&e);
	arena_release(&arena);
	return out;
}

/* Columns from … of a are those from 0 on of b. */
static void
same_columns(const float *a, size_t a_width, size_t from, const float *b,
             size_t b_width, size_t columns, size_t rows)
{
	for (size_t t = 0; t < rows; t++)
		assert_memory_equal(a + t * a_width + from, b + t * b_width,
		                    columns * sizeof *a);
}

static void
test_columns(void **state)
{
	struct features_type plain = {
		.kind = FEATURES_FBANK, .columns = 23, .bands = 23,
		.rate = RATE, .window = 400, .hop = 160, .scale = 1
	};
	struct features_type full = plain;
	float *audio = voice(), *a, *b;
	size_t rows, again;

	(void)state;
	for (int kind = FEATURES_FBANK; kind <= FEATURES_MFCC; kind++) {
		plain.kind = full.kind = kind;
		plain.columns = full.columns = kind == FEATURES_MFCC ? 13 : 23;
		full.pitch = true;
		full.deltas = 2;
		a = extract(&rows, &full, audio);
		b = extract(&again, &plain, audio);
		assert_int_equal(rows, 48);
		assert_int_equal(rows, again);
		same_columns(a, features_width(&full), 0, b,
		             features_width(&plain),
		             (size_t)plain.columns, rows);
		for (size_t i = 0; i < rows * features_width(&full); i++)
			assert_true(isfinite(a[i]));
		free(a);
		free(b);
	}
	free(audio);
}

static void
test_pitch(void **state)
{
	const struct features_type type = {
		.kind = FEATURES_FBANK, .columns = 23, .pitch = true,
		.rate = RATE, .window = 400, .hop = 160, .scale = 1
	};
	float *audio = voice(), *x;
	size_t rows;

	(void)state;
	x = extract(&rows, &type, audio);
	for (size_t t = 5; t < rows - 5; t++) {
		const float *row = x + t * 26;

		assert_close((double)row[23], log(1000 / 6.2831853), 2e-2);
		assert_in_range((int)(row[24] * 100), 80, 100);
		assert_true(row[25] > 0 && row[25] < 5); /* ln of the sum */
	}
	free(audio);
	free(x);
}

static void
test_scale(void **state)
{
	struct features_type type = {
		.kind = FEATURES_FBANK, .columns = 23, .rate = RATE,
		.window = 400, .hop = 160, .scale = 1
	};
	float *audio = voice(), *a, *b;
	size_t rows;

	(void)state;
	a = extract(&rows, &type, audio);
	type.scale = 32768;
	b = extract(&rows, &type, audio);
	for (size_t i = 0; i < rows * 23; i++)
		assert_close((double)(b[i] - a[i]), 2 * log(32768), 1e-3);
	free(audio);
	free(a);
	free(b);
}

static void
test_rows(void **state)
{
	const struct features_type type = {
		.kind = FEATURES_MFCC, .columns = 13, .bands = 23,
		.rate = RATE, .window = 400, .hop = 160, .scale = 1
	};
	struct extractor e;

	(void)state;
	extractor_init(&e, &type);
	assert_int_equal(extractor_rows(&e, 0), 0);
	assert_int_equal(extractor_rows(&e, 399), 0);
	assert_int_equal(extractor_rows(&e, 400), 1);
	assert_int_equal(extractor_rows(&e, 559), 1);
	assert_int_equal(extractor_rows(&e, 560), 2);
	extractor_release(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "pitch and deltas leave the columns before them alone",
		  test_columns, NULL, NULL, NULL },
		{ "log F0, voicing and energy follow the bands",
		  test_pitch, NULL, NULL, NULL },
		{ "the scale of 32768 adds 20.8 to each band",
		  test_scale, NULL, NULL, NULL },
		{ "a row needs a whole window",
		  test_rows, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
