/* corpus/balance.h and corpus/shuffle.h: weights, draws, splits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/rng.h"
#include "corpus/balance.h"
#include "corpus/shuffle.h"

static void
counts_add(struct balance *b, double power)
{
	*b = (struct balance)BALANCE_INIT;
	b->power = power;
	for (int i = 0; i < 9; i++)
		balance_add(b, "many");
	for (int i = 0; i < 4; i++)
		assert_int_equal(balance_add(b, "some"), 1);
	balance_add(b, "one");
}

static void
weights_average_one_over_utterances(void **state)
{
	struct balance b;

	(void)state;
	for (double power = 0; power <= 1; power += .25) {
		double sum;

		counts_add(&b, power);
		sum = 9 * balance_weight(&b, "many") +
		      4 * balance_weight(&b, "some") +
		      balance_weight(&b, "one");
		assert_true(fabs(sum / 14 - 1) < 1e-12);
		balance_release(&b);
	}
}

static void
weights_are_powers_of_counts(void **state)
{
	struct balance b;

	(void)state;
	counts_add(&b, .5);
	assert_true(fabs(balance_weight(&b, "one") /
	                 balance_weight(&b, "many") - 3) < 1e-12);
	assert_true(fabs(balance_weight(&b, "some") /
	                 balance_weight(&b, "many") - 1.5) < 1e-12);
	assert_true(balance_weight(&b, "none") == 1);
	balance_add(&b, "none"); /* and weights follow */
	assert_true(fabs(balance_weight(&b, "none") /
	                 balance_weight(&b, "one") - 1) < 1e-12);
	balance_release(&b);
}

static void
power_zero_weighs_all_alike(void **state)
{
	struct balance b;

	(void)state;
	counts_add(&b, 0);
	assert_true(balance_weight(&b, "one") == 1);
	assert_true(balance_weight(&b, "many") == 1);
	balance_release(&b);
}

static void
draws_are_floor_or_ceiling_of_the_mean(void **state)
{
	enum { N = 50 };
	double weight[N], all;
	size_t draws[N], sum;
	struct rng r;

	(void)state;
	rng_init(&r, 6);
	for (size_t trial = 0; trial < 500; trial++) {
		size_t total = rng_below(&r, 300);

		all = 0;
		for (int i = 0; i < N; i++)
			all += weight[i] = (double)rng_uniform(&r) + .01;
		balance_draw(draws, total, weight, N, &r);
		sum = 0;
		for (int i = 0; i < N; i++) {
			double mean = (double)total * weight[i] / all;

			assert_true((double)draws[i] > mean - 1);
			assert_true((double)draws[i] < mean + 1);
			sum += draws[i];
		}
		assert_int_equal(sum, total);
	}
}

static void
whole_expectations_are_met_exactly(void **state)
{
	enum { N = 1000 };
	static size_t draws[N];
	struct rng r;

	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		rng_init(&r, seed);
		balance_draw(draws, 3 * N, NULL, N, &r);
		for (int i = 0; i < N; i++)
			assert_int_equal(draws[i], 3);
	}
	balance_draw(draws, 0, NULL, 0, &r);
}

static void
on_average_draws_follow_the_weights(void **state)
{
	static const double weight[] = { 1, 2, 3, 4 };
	size_t draws[4], sum[4] = { 0 };
	struct rng r;

	(void)state;
	rng_init(&r, 7);
	for (int trial = 0; trial < 10000; trial++) {
		balance_draw(draws, 3, weight, 4, &r);
		for (int i = 0; i < 4; i++)
			sum[i] += draws[i];
	}
	for (int i = 0; i < 4; i++)
		assert_true(fabs((double)sum[i] / 1e4 - .3 * weight[i]) < .02);
}

static void
a_split_is_positive_numbers(void **state)
{
	static const char *const bad[] = {
		"", "1", "1:", ":1", "0:1", "1:0", "-1:2", "a:b", "1:2:",
		"1::2", "1:2:0", "nan:1", "1 : 2", "1:1:1:1:1:1:1:1:1:1"
	};
	struct shuffle s = { .low = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(shuffle_split(&s, bad[i], 1), 0);
	assert_int_equal(shuffle_split(&s, "3:1", 1), 2);
	assert_true(s.low == 0 && s.high == .75);
	assert_int_equal(shuffle_split(&s, "3:1", 2), 2);
	assert_true(s.low == .75 && s.high == 1);
	assert_int_equal(shuffle_split(&s, "8:1:1", 2), 3);
	assert_true(s.low == .8 && s.high == .9);
	assert_int_equal(shuffle_split(&s, ".1:.9", 1), 2);
	assert_true(s.high < .11);
}

static void
lists_are_permutations_and_depend_on_the_seed(void **state)
{
	struct where where = { .condition = NULL };
	struct keys none;
	struct shuffle s = { .where = &where, .by = "id",
	                     .balance = BALANCE_INIT };
	size_t *list, *again, length, moved = 0, seen[12] = { 0 };

	(void)state;
	keys_init(&none, NULL);
	s.balance_by = &none;
	shuffle_open(&s, "tests/data/corpus.frames");
	list = shuffle_list(&s, 0, &length);
	assert_int_equal(length, 12);
	for (size_t i = 0; i < length; i++)
		seen[list[i]]++;
	for (size_t i = 0; i < length; i++)
		assert_int_equal(seen[i], 1);
	s.seed = 1;
	again = shuffle_list(&s, 0, &length);
	for (size_t i = 0; i < length; i++)
		moved += list[i] != again[i];
	assert_true(moved > 4);
	free(list);
	free(again);
	shuffle_release(&s);
	keys_release(&none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_average_one_over_utterances),
		cmocka_unit_test(weights_are_powers_of_counts),
		cmocka_unit_test(power_zero_weighs_all_alike),
		cmocka_unit_test(draws_are_floor_or_ceiling_of_the_mean),
		cmocka_unit_test(whole_expectations_are_met_exactly),
		cmocka_unit_test(on_average_draws_follow_the_weights),
		cmocka_unit_test(a_split_is_positive_numbers),
		cmocka_unit_test(lists_are_permutations_and_depend_on_the_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
