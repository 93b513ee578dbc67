/* dropout_mask(), dropout_forward() and dropout_backward(). */
#include <string.h>

#include "gradient.h"
#include "nn/dropout.h"

enum { MANY = 200000 };

static uint8_t *
mask_of(uint64_t seed, float p)
{
	struct rng r;
	uint8_t *mask = xmalloc(MANY, 1);

	rng_init(&r, seed);
	dropout_mask(mask, &r, p, MANY);
	return mask;
}

/* The share dropped, of those whose neighbour lag before is dropped. */
static double
share_after_drop(const uint8_t *mask, const uint8_t *other, size_t lag)
{
	double dropped = 0, both = 0;

	for (size_t i = lag; i < MANY; i++) {
		dropped += !other[i - lag];
		both += !other[i - lag] && !mask[i];
	}
	return both / dropped;
}

static void
test_share(void **state)
{
	static const float shares[] = { 0.05f, 0.1f, 0.3f, 0.5f, 0.9f };

	(void)state;
	for (size_t s = 0; s < LEN(shares); s++) {
		double p = (double)shares[s], kept = 0;
		double sigma = sqrt(p * (1 - p) / MANY);
		uint8_t *mask = mask_of(7 + s, shares[s]);
		uint8_t *next = mask_of(99 + s, shares[s]);

		for (size_t i = 0; i < MANY; i++) {
			assert_true(mask[i] <= 1);
			kept += mask[i];
		}
		assert_true(fabs(kept / MANY - (1 - p)) < 4.5 * sigma);
		sigma /= sqrt(p);
		for (size_t lag = 1; lag <= 16; lag++)
			assert_true(fabs(share_after_drop(mask, mask, lag) - p)
			            < 4.5 * sigma);
		assert_true(fabs(share_after_drop(mask, next, 0) - p)
		            < 4.5 * sigma);
		free(mask);
		free(next);
	}
}

static void
test_repeatable(void **state)
{
	uint8_t *mask = mask_of(3, 0.2f), *same = mask_of(3, 0.2f);
	uint8_t *other = mask_of(4, 0.2f);

	(void)state;
	assert_memory_equal(mask, same, MANY);
	assert_true(memcmp(mask, other, MANY) != 0);
	free(mask);
	free(same);
	free(other);
}

static void
test_successive(void **state)
{
	struct rng r;
	uint8_t first[256], second[256];

	(void)state;
	rng_init(&r, 1);
	dropout_mask(first, &r, 0.5f, 256);
	dropout_mask(second, &r, 0.5f, 256);
	assert_true(memcmp(first, second, 256) != 0);
}

static void
test_values(void **state)
{
	float *x = random_floats(77, 1), *dx = gradient_floats(77), y[77];
	uint8_t *mask = mask_of(5, 0.25f);

	(void)state;
	dropout_forward(y, x, mask, 0.25f, 77);
	dropout_backward(dx, x, mask, 0.25f, 77);
	for (size_t i = 0; i < 77; i++) {
		double expected = mask[i] ? (double)x[i] / 0.75 : 0;

		assert_close((double)y[i], expected, 1e-6);
		assert_close((double)(dx[i] - GRADIENT_START), expected, 1e-6);
	}
	free(x);
	free(dx);
	free(mask);
}

static void
test_none(void **state)
{
	struct rng r, before;
	float *x = random_floats(77, 1), y[77];
	uint8_t mask[77];

	(void)state;
	rng_init(&r, 1);
	before = r;
	dropout_mask(mask, &r, 0, 77);
	assert_memory_equal(&r, &before, sizeof r);
	dropout_forward(y, x, mask, 0, 77);
	assert_memory_equal(x, y, sizeof y);
	free(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "the share dropped is p, whatever its neighbours are",
		  test_share, NULL, NULL, NULL },
		{ "a seed repeats its mask, another seed does not",
		  test_repeatable, NULL, NULL, NULL },
		{ "the next mask from one generator is another",
		  test_successive, NULL, NULL, NULL },
		{ "what is kept is scaled up, gradients alike",
		  test_values, NULL, NULL, NULL },
		{ "p of zero is the identity and draws nothing",
		  test_none, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("dropout", tests, NULL, NULL);
}
