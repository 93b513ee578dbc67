#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../golden/fbank.h"
#include "feat/fbank.h"
#include "feat/mfcc.h"

/* Within 2e-3 of torchaudio, or at most twice as far from double as it is. */
static void
check_golden(struct golden *g)
{
	struct fbank_options options = FBANK_OPTIONS_INIT;
	size_t n = g->rows * g->columns, bands = (size_t)g->bands;
	float *mel = xmalloc(g->rows * bands, sizeof *mel);
	float *out = xmalloc(n, sizeof *out);
	double theirs = golden_distance(g->single, g->wide, n);
	struct fbank fb;
	struct mfcc m;

	options.rate = g->rate;
	options.bands = g->bands;
	fbank_init(&fb, &options);
	mfcc_init(&m, bands, g->columns, 22);
	assert_int_equal(fbank_rows(&fb, g->samples), g->rows);
	fbank_forward(mel, NULL, bands, g->audio, g->rows, &fb);
	mfcc_forward(out, g->columns, mel, bands, g->rows, &m);
	assert_true(golden_distance(out, g->single, n) <= 2e-3 ||
		    golden_distance(out, g->wide, n) <= 2 * theirs);
	mfcc_release(&m);
	fbank_release(&fb);
	free(out);
	free(mel);
}

static void
golden(void **state)
{
	FILE *in = fopen("tests/golden/fbank_mfcc.f32", "rb");
	struct golden g;
	int cases = 0;

	(void)state;
	assert_non_null(in);
	for (; golden_next(&g, in); cases++) {
		check_golden(&g);
		golden_release(&g);
	}
	assert_int_equal(cases, 5);
	fclose(in);
}

static void
orthonormal(void **state)
{
	enum { BANDS = 37, STRIDE = 40 };
	float unit[BANDS][BANDS] = { { 0 } }, out[BANDS][STRIDE];
	struct mfcc m;

	(void)state;
	for (size_t b = 0; b < BANDS; b++) {
		unit[b][b] = 1;
		out[b][BANDS] = 7;
	}
	mfcc_init(&m, BANDS, BANDS, 0);
	mfcc_forward(out[0], STRIDE, unit[0], BANDS, BANDS, &m);
	for (size_t a = 0; a < BANDS; a++)
		for (size_t b = 0; b < BANDS; b++) {
			double dot = 0;

			for (size_t c = 0; c < BANDS; c++)
				dot += (double)out[a][c] * out[b][c];
			assert_true(fabs(dot - (a == b)) < 1e-6);
		}
	/* Nothing beyond the last coefficient. */
	for (size_t b = 0; b < BANDS; b++)
		assert_true(out[b][BANDS] == 7);
	mfcc_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "the numbers are torchaudio's",
		  golden, NULL, NULL, NULL },
		{ "without a lifter the transform is orthonormal",
		  orthonormal, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
