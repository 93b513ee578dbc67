/* formants: those of a tube that is known, heard through the filter bank. */
#include <math.h>
#include <string.h>

#include "feat/fbank.h"
#include "gradient.h"
#include "student/formants.h"

enum { ROWS = 5, BANDS = 80 };

/* What resonators at these frequencies answer to a click every 5 ms. */
static void
tube(float *out, size_t n, int rate, const double *hertz, size_t resonators)
{
	for (size_t i = 0; i < n; i++)
		out[i] = i % (size_t)(rate / 200) == 0;
	for (size_t k = 0; k < resonators; k++) {
		double turn = 2 * acos(-1) * hertz[k] / rate;
		double radius = exp(-acos(-1) * 80 / rate);
		double before = 0, last = 0;

		for (size_t i = 0; i < n; i++) {
			double here = (double)out[i] + 2 * radius * cos(turn) *
				last - radius * radius * before;

			before = last;
			last = here;
			out[i] = (float)here;
		}
	}
}

/* out [ROWS][BANDS] */
static void
bank(float *out, const float *audio, int rate)
{
	struct fbank_options options = FBANK_OPTIONS_INIT;
	struct fbank fb;

	options.rate = rate;
	options.window = rate / 40;
	options.hop = rate / 100;
	options.bands = BANDS;
	fbank_init(&fb, &options);
	fbank_forward(out, NULL, BANDS, audio, ROWS, &fb);
	fbank_release(&fb);
}

/* The first is heard up to 120 Hz too high: low bands hold a bin or two. */
static void
test_tubes(void **state)
{
	static const double tubes[][FORMANTS] = {
		{ 500, 1500, 2500, 3500 }, { 700, 1200, 2600, 3300 },
		{ 350, 2200, 3000, 3700 }
	};
	static const int rates[] = { 16000, 48000 };
	struct formants *f = xmalloc(1, sizeof *f);
	float audio[48000 / 10], row[ROWS * BANDS];
	double found[FORMANTS];

	(void)state;
	for (size_t r = 0; r < LEN(rates); r++)
		for (size_t i = 0; i < LEN(tubes); i++) {
			formants_init(f, BANDS, rates[r]);
			tube(audio, (size_t)rates[r] / 10, rates[r], tubes[i],
			     FORMANTS);
			bank(row, audio, rates[r]);
			assert_int_equal(formants_find(found, row + 3 * BANDS,
			                               f), FORMANTS);
			for (size_t k = 0; k < FORMANTS; k++)
				assert_true(fabs(found[k] - tubes[i][k]) <
				            (k == 0 ? 130 : 40));
		}
	free(f);
}

/* Louder, all is as it was. */
static void
test_level(void **state)
{
	struct formants *f = xmalloc(1, sizeof *f);
	float *row = random_floats(40, 3);
	double a[FORMANTS], b[FORMANTS];
	size_t found;

	(void)state;
	formants_init(f, 40, 16000);
	found = formants_find(a, row, f);
	assert_true(found > 0);
	for (size_t i = 0; i < 40; i++)
		row[i] += 8;
	assert_int_equal(formants_find(b, row, f), found);
	for (size_t k = 0; k < found; k++)
		assert_true(fabs(a[k] - b[k]) < .01);
	free(row);
	free(f);
}

/* What no voice is like: level, a click's and the floor's, of 2 bands. */
static void
test_strange(void **state)
{
	static const float value[] = { 0, -15.94f, 88 };
	struct formants *f = xmalloc(1, sizeof *f);
	float row[BANDS];
	double hertz[FORMANTS];
	size_t found;

	(void)state;
	for (size_t bands = 2; bands <= BANDS; bands += 39)
		for (size_t i = 0; i < LEN(value) * LEN(value); i++) {
			formants_init(f, bands, i % 2 ? 16000 : 6000);
			for (size_t b = 0; b < bands; b++)
				row[b] = value[b % 7 ? i % 3 : i / 3];
			found = formants_find(hertz, row, f);
			for (size_t k = 0; k < found; k++)
				assert_true(hertz[k] > 200 && hertz[k] < 5400);
		}
	free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "they are a tube's", test_tubes, NULL, NULL, NULL },
		{ "level changes nothing", test_level, NULL, NULL, NULL },
		{ "what no voice is like gives some or none",
		  test_strange, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
