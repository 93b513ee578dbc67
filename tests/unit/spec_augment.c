/* feat/spec_augment: nothing from zeros, each part by itself, limits. */
#include <string.h>

#include "gradient.h"
#include "feat/spec_augment.h"

static const struct features_type speech = {
	.kind = FEATURES_FBANK, .columns = 20, .pitch = true,
	.rate = 16000, .window = 400, .hop = 160, .scale = 1
};
static const struct features_type cepstra = {
	.kind = FEATURES_MFCC, .columns = 13, .deltas = 2,
	.rate = 16000, .window = 400, .hop = 160, .scale = 1
};

static float *
augment(size_t *rows, const float *x, const struct features_type *type,
        uint64_t seed, const struct spec_augment *o, struct arena *arena)
{
	struct rng r;

	rng_init(&r, seed);
	return spec_augment(rows, x, type, &r, o, arena);
}

static void
test_nothing(void **state)
{
	const struct spec_augment none = { .masks = 0 };
	struct arena arena = ARENA_INIT;
	size_t rows = 50;
	float *x = random_floats(rows * 23, 1), *y;

	(void)state;
	y = augment(&rows, x, &speech, 1, &none, &arena);
	assert_int_equal(rows, 50);
	assert_ptr_not_equal(x, y);
	assert_memory_equal(x, y, rows * 23 * sizeof *x);
	free(x);
	arena_release(&arena);
}

static void
test_seed(void **state)
{
	const struct spec_augment all = SPEC_AUGMENT_INIT;
	struct arena arena = ARENA_INIT;
	size_t a = 90, b = 90, c = 90;
	float *x = random_floats(90 * 23, 1), *kept = random_floats(90 * 23, 1);
	float *y = augment(&a, x, &speech, 1, &all, &arena);
	float *z = augment(&b, x, &speech, 1, &all, &arena);
	float *other = augment(&c, x, &speech, 2, &all, &arena);

	(void)state;
	assert_int_equal(a, b);
	assert_memory_equal(y, z, a * 23 * sizeof *y);
	assert_true(a != c || memcmp(y, other, a * 23 * sizeof *y) != 0);
	assert_memory_equal(x, kept, 90 * 23 * sizeof *x);
	free(x);
	free(kept);
	arena_release(&arena);
}

static void
test_rows(void **state)
{
	const struct spec_augment o = { .stretch = .25f, .crop = 100 };
	struct arena arena = ARENA_INIT;
	size_t least = 1000, most = 0;
	float *x = random_floats(400 * 23, 1);

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		size_t rows = 80;

		augment(&rows, x, &speech, seed, &o, &arena);
		least = rows < least ? rows : least;
		most = rows > most ? rows : most;
		rows = 400;
		augment(&rows, x, &speech, seed, &o, &arena);
		assert_int_equal(rows, 100);
		rows = 1;
		augment(&rows, x, &speech, seed, &o, &arena);
		assert_in_range(rows, 1, 1);
		arena_clear(&arena);
	}
	assert_in_range(least, 64, 68);
	assert_in_range(most, 98, 100); /* of 106, cropped */
	free(x);
	arena_release(&arena);
}

/* A mask may be everywhere, but covers a third of the rows and no more. */
static void
test_masks(void **state)
{
	const struct spec_augment o = {
		.masks = 1, .mask_bands = 0, .mask_rows = 1000
	};
	struct arena arena = ARENA_INIT;
	float *x = constant_floats(30 * 23, 1);
	size_t most = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		size_t rows = 30, masked = 0;
		float *y = augment(&rows, x, &speech, seed, &o, &arena);

		for (size_t t = 0; t < rows; t++)
			masked += y[t * 23] == 0;
		most = masked > most ? masked : most;
		arena_clear(&arena);
	}
	assert_int_equal(most, 10);
	free(x);
	arena_release(&arena);
}

/* Bands change; pitch, voicing and energy beside them do not. */
static void
test_bands(void **state)
{
	const struct spec_augment o = {
		.warp = .2f, .tilt = 1, .masks = 3, .mask_bands = 20
	};
	struct arena arena = ARENA_INIT;
	float *x = random_floats(30 * 23, 1);

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		size_t rows = 30;
		float *y = augment(&rows, x, &speech, seed, &o, &arena);

		assert_memory_not_equal(y, x, 20 * sizeof *x);
		for (size_t t = 0; t < rows; t++)
			assert_memory_equal(y + t * 23 + 20, x + t * 23 + 20,
			                    3 * sizeof *x);
		arena_clear(&arena);
	}
	free(x);
	arena_release(&arena);
}

/* All types, lengths and extreme options: in bounds (sanitizers), finite. */
static void
test_extremes(void **state)
{
	const struct spec_augment o = {
		.stretch = .9f, .warp = .5f, .tilt = 10, .masks = 64,
		.mask_bands = 256, .mask_rows = 10000, .crop = 7
	};
	const struct features_type *const types[] = { &speech, &cepstra };
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		const struct features_type *type = types[i % 2];
		size_t rows = 1 + i % 23, width = features_width(type);
		float *x = random_floats(rows * width, i);
		float *y = augment(&rows, x, type, i, &o, &arena);

		assert_in_range(rows, 1, 7);
		for (size_t j = 0; j < rows * width; j++)
			assert_true(isfinite(y[j]));
		free(x);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "zeros everywhere make a copy", test_nothing,
		  NULL, NULL, NULL },
		{ "a seed gives the same again, another something else",
		  test_seed, NULL, NULL, NULL },
		{ "tempo and crop stay within their limits", test_rows,
		  NULL, NULL, NULL },
		{ "rows are masked up to a third", test_masks,
		  NULL, NULL, NULL },
		{ "warp, tilt and band masks leave other columns alone",
		  test_bands, NULL, NULL, NULL },
		{ "extreme options stay in bounds", test_extremes,
		  NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
