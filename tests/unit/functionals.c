/* functionals: NumPy's, and what has nothing to be counted. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gradient.h"
#include "stream/fields.h"
#include "stream/frame.h"
#include "student/functionals.h"

static const struct features_type type = {
	.kind = FEATURES_FBANK, .columns = 20, .pitch = true,
	.rate = 16000, .window = 400, .hop = 160, .scale = 1
};

static void
floats_read(float *x, size_t n, FILE *f)
{
	assert_int_equal(fread(x, sizeof *x, n, f), n);
}

static void
test_golden(void **state)
{
	FILE *f = fopen("tests/golden/functionals.f32", "rb");
	struct arena scratch = ARENA_INIT;
	float size[3], want[FUNCTIONALS], out[FUNCTIONALS];
	int cases = 0;

	(void)state;
	assert_non_null(f);
	for (; fread(size, sizeof size, 1, f) == 1; cases++) {
		struct features_type t = type;
		size_t T = (size_t)size[0], n;
		float *raw, *view;

		t.columns = (int)size[1];
		t.rate = (int)size[2];
		n = T * features_width(&t);
		raw = xcalloc(n, sizeof *raw);
		view = xcalloc(n, sizeof *view);
		floats_read(raw, n, f);
		floats_read(view, n, f);
		floats_read(want, FUNCTIONALS, f);
		functionals_forward(out, raw, view, T, &t, &scratch);
		assert_all_close(out, want, FUNCTIONALS, 2e-4);
		free(raw);
		free(view);
	}
	assert_int_equal(cases, 5);
	fclose(f);
	arena_release(&scratch);
}

/* Deltas stand behind: they change nothing. */
static void
test_deltas(void **state)
{
	enum { T = 9, WIDTH = 23 };
	struct features_type wide = type;
	struct arena scratch = ARENA_INIT;
	float *view = random_floats(T * WIDTH, 1), both[T * 2 * WIDTH] = { 0 };
	float a[FUNCTIONALS], b[FUNCTIONALS];

	(void)state;
	wide.deltas = 1;
	for (size_t t = 0; t < T; t++)
		memcpy(both + t * 2 * WIDTH, view + t * WIDTH,
		       WIDTH * sizeof *view);
	functionals_forward(a, view, view, T, &type, &scratch);
	functionals_forward(b, both, both, T, &wide, &scratch);
	assert_memory_equal(a, b, sizeof a);
	free(view);
	arena_release(&scratch);
}

static void
test_silence(void **state)
{
	float view[5 * 23] = { 0 }, out[FUNCTIONALS];
	struct arena scratch = ARENA_INIT;

	(void)state;
	functionals_forward(out, view, view, 5, &type, &scratch);
	for (int i = 0; i < FUNCTIONALS; i++)
		assert_true(isfinite(out[i]));
	arena_release(&scratch);
}

static void
test_known(void **state)
{
	struct features_type t = type;

	(void)state;
	assert_true(functionals_known(&t));
	t.columns = 19;
	assert_false(functionals_known(&t));
	t = type;
	t.pitch = false;
	assert_false(functionals_known(&t));
	t = type;
	t.kind = FEATURES_MFCC;
	assert_false(functionals_known(&t));
}

/* So loud that 2.2 less is the same: no row is active, and none is read. */
static void
test_loud(void **state)
{
	enum { T = 30, WIDTH = 23 };
	float x[T * WIDTH] = { 0 }, out[FUNCTIONALS];
	struct arena scratch = ARENA_INIT;

	(void)state;
	for (size_t t = 0; t < T; t++)
		x[t * WIDTH + WIDTH - 1] = t % 2 ? 1e9f : 0;
	functionals_forward(out, x, x, T, &type, &scratch);
	for (size_t i = 0; i < FUNCTIONALS; i++)
		assert_true(isfinite(out[i]));
	arena_release(&scratch);
}

/* A frame's are those of its view; none where this is not to be had. */
static void
test_frame(void **state)
{
	enum { T = 30, WIDTH = 23 };
	struct frame f = FRAME_INIT;
	struct arena scratch = ARENA_INIT;
	float *x = random_floats(T * WIDTH, 2), want[FUNCTIONALS], *out;
	float *view = xcalloc(T * WIDTH, sizeof *view);
	char text[FEATURES_TYPE_MAX];

	(void)state;
	features_type_print(text, &type);
	frame_set_text(&f, FIELD_ID, "u");
	memcpy(frame_add2(&f, FIELD_FEATURES, T, WIDTH), x,
	       T * WIDTH * sizeof *x);
	assert_null(functionals_of(&f)); /* whose type is not told */
	frame_set_text(&f, FIELD_FEATURES_TYPE, text);
	out = functionals_of(&f);
	assert_non_null(out);
	memcpy(view, x, T * WIDTH * sizeof *x);
	features_view(view, T, &type, false);
	functionals_forward(want, x, view, T, &type, &scratch);
	assert_memory_equal(out, want, sizeof want);
	frame_set_text(&f, FIELD_CMVN, "speaker");
	assert_null(functionals_of(&f));
	free(x);
	free(view);
	frame_release(&f);
	arena_release(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "they are NumPy's", test_golden, NULL, NULL, NULL },
		{ "deltas change nothing", test_deltas, NULL, NULL, NULL },
		{ "silence gives numbers", test_silence, NULL, NULL, NULL },
		{ "so does what is too loud to be told apart",
		  test_loud, NULL, NULL, NULL },
		{ "only filter banks with pitch have them",
		  test_known, NULL, NULL, NULL },
		{ "a frame's are those of its raw features",
		  test_frame, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
