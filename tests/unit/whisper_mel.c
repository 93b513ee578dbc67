/*
 * Whisper's spectrogram against that of transformers (tests/golden/whisper.py),
 * and what must hold at its edges.
 */
#include <float.h>

#include "encoder_golden.h"
#include "feat/whisper_mel.h"

enum { BANDS = 16, SECONDS_2 = 32000 };

static void
golden_try(const char *model, size_t N, size_t length)
{
	size_t rows = whisper_mel_rows(length);
	float *x = constant_floats(N, NAN), *want;
	float *y = constant_floats(rows * BANDS, NAN);
	struct safetensors expected;
	struct whisper_mel m;
	char name[32];

	golden_open(&expected, model, "expected.safetensors");
	golden_audio(x, N);
	whisper_mel_init(&m, BANDS);
	whisper_mel_forward(y, x, N, length, &m);
	snprintf(name, sizeof name, "spectrogram.%zu", N);
	want = golden_tensor(&expected, name, rows * BANDS);
	assert_all_close(y, want, rows * BANDS, 1e-6);
	free(want);
	free(y);
	free(x);
	whisper_mel_release(&m);
	safetensors_release(&expected);
}

static void
test_golden(void **state)
{
	(void)state;
	golden_try("whisper/clip", 401, 401);
	golden_try("whisper/clip", 5000, 5000);
	golden_try("whisper/full", 401, SECONDS_2);
	golden_try("whisper/full", 5000, SECONDS_2);
}

/* Rows of silence are filled in: the same as computed, at every length. */
static void
test_padding(void **state)
{
	enum { N = 1900, ROWS = 20 };
	float x[WHISPER_MEL_HOP * ROWS] = { 0 }, y[ROWS * BANDS];
	float z[ROWS * BANDS];
	struct whisper_mel m;

	(void)state;
	golden_audio(x, N);
	whisper_mel_init(&m, BANDS);
	for (size_t length = N; length <= LEN(x); length += 7) {
		size_t values = whisper_mel_rows(length) * BANDS;

		whisper_mel_forward(y, x, N, length, &m);
		whisper_mel_forward(z, x, length, length, &m);
		assert_memory_equal(y, z, values * sizeof *y);
	}
	whisper_mel_release(&m);
}

static void
test_edges(void **state)
{
	float x[WHISPER_MEL_LEAST], y[128];
	struct whisper_mel m;

	(void)state;
	assert_int_equal(whisper_mel_rows(WHISPER_MEL_LEAST - 1), 0);
	assert_int_equal(whisper_mel_rows(WHISPER_MEL_LEAST), 1);
	assert_int_equal(whisper_mel_rows(480000), 3000);
	whisper_mel_init(&m, 128);
	for (size_t i = 0; i < LEN(x); i++)
		x[i] = i % 2 ? FLT_MAX : -FLT_MAX;
	whisper_mel_forward(y, x, LEN(x), LEN(x), &m);
	for (size_t i = 0; i < 128; i++)
		assert_true(isfinite(y[i]));
	memset(x, 0, sizeof x);
	whisper_mel_forward(y, x, LEN(x), LEN(x), &m);
	for (size_t i = 0; i < 128; i++)
		assert_close(y[i], -1.5, 1e-6);
	whisper_mel_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "the spectrogram is transformers'",
		  test_golden, NULL, NULL, NULL },
		{ "rows of padding are those of zeros",
		  test_padding, NULL, NULL, NULL },
		{ "the shortest, the loudest, silence",
		  test_edges, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
