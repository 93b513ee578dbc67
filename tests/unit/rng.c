/* core/rng.h: known numbers, and the shapes of distributions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/rng.h"

/*
 * What the definitions of xoshiro256** and splitmix64 give, computed with
 * Python's whole numbers by tests/golden/rng.py.
 */
static void
the_sequence_is_xoshiro256(void **state)
{
	static const uint64_t want[] = {
		0x15780b2e0c2ec716u, 0x6104d9866d113a7eu, 0xae17533239e499a1u,
		0xecb8ad4703b360a1u, 0xfde6dc7fe2ec5e64u, 0xc50da53101795238u,
	};
	struct rng r;

	(void)state;
	rng_init(&r, 42);
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
		assert_true(rng_next(&r) == want[i]);
}

static void
a_key_makes_a_stream_of_its_own(void **state)
{
	struct rng a, b, c, d;

	(void)state;
	rng_init_keyed(&a, 1, "x.wav");
	rng_init_keyed(&b, 1, "x.wav");
	rng_init_keyed(&c, 1, "y.wav");
	rng_init_keyed(&d, 2, "x.wav");
	assert_true(rng_next(&a) == rng_next(&b));
	assert_false(rng_next(&a) == rng_next(&c));
	assert_false(rng_next(&b) == rng_next(&d));
}

static void
uniform_numbers_fill_their_interval(void **state)
{
	double sum = 0, squares = 0;
	struct rng r;

	(void)state;
	rng_init(&r, 3);
	for (int i = 0; i < 100000; i++) {
		float x = rng_uniform(&r);

		assert_true(x >= 0 && x < 1);
		sum += (double)x;
		squares += (double)x * (double)x;
	}
	assert_true(fabs(sum / 1e5 - .5) < .005);
	assert_true(fabs(squares / 1e5 - 1. / 3) < .005);
	for (int i = 0; i < 1000; i++) {
		float x = rng_between(&r, -3, 5);

		assert_true(x >= -3 && x <= 5);
	}
}

static void
normal_numbers_have_the_moments_of_the_normal(void **state)
{
	double sum[4] = { 0 };
	struct rng r;

	(void)state;
	rng_init(&r, 4);
	for (int i = 0; i < 100000; i++) {
		double x = (double)rng_normal(&r), power = 1;

		assert_true(isfinite(x));
		for (int k = 0; k < 4; k++)
			sum[k] += power *= x;
	}
	assert_true(fabs(sum[0] / 1e5) < .02);
	assert_true(fabs(sum[1] / 1e5 - 1) < .03);
	assert_true(fabs(sum[2] / 1e5) < .05);
	assert_true(fabs(sum[3] / 1e5 - 3) < .15);
}

static void
below_gives_every_value_alike(void **state)
{
	size_t count[7] = { 0 };
	struct rng r;

	(void)state;
	rng_init(&r, 5);
	for (int i = 0; i < 70000; i++)
		count[rng_below(&r, 7)]++;
	for (int i = 0; i < 7; i++)
		assert_in_range(count[i], 9600, 10400);
	for (int i = 0; i < 100; i++)
		assert_int_equal(rng_below(&r, 1), 0);
	for (int i = 0; i < 100; i++)
		assert_true(rng_below(&r, SIZE_MAX) < SIZE_MAX);
}

/* Rounded twice, as without instructions that multiply and add at once. */
static void
no_processor_draws_otherwise(void **state)
{
	struct rng r, again;

	(void)state;
	rng_init(&r, 9);
	rng_init(&again, 9);
	for (int i = 0; i < 100000; i++) {
		float low = -.37f * (float)(i % 7), high = .91f + (float)i;
		volatile float part = (high - low) * rng_uniform(&again);

		assert_true(rng_between(&r, low, high) == low + part);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sequence_is_xoshiro256),
		cmocka_unit_test(a_key_makes_a_stream_of_its_own),
		cmocka_unit_test(uniform_numbers_fill_their_interval),
		cmocka_unit_test(normal_numbers_have_the_moments_of_the_normal),
		cmocka_unit_test(below_gives_every_value_alike),
		cmocka_unit_test(no_processor_draws_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
