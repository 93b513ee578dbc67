#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "eval/bootstrap.h"
#include "eval/metrics.h"

enum {
	ROWS = 400, REPLICATES = 4000, CLASSES = 2,
	VALUES = METRICS_OVERALL + 3 * CLASSES
};

/* WAR in replicates of ROWS rows, 7 of 10 right; ROWS / size clusters. */
static struct interval
war_interval(size_t size, uint64_t seed)
{
	static struct outcome item[ROWS];
	static size_t index[ROWS];
	static uint32_t cluster[ROWS];
	static double value[REPLICATES * VALUES];
	struct sample s;

	for (size_t i = 0; i < ROWS; i++) {
		item[i].truth = i % 2;
		item[i].answer = i / size % 10 < 7 ? i % 2 : 1 - i % 2;
		item[i].confidence = .7;
		index[i] = i;
		cluster[i] = (uint32_t)(i / size);
	}
	sample_make(&s, CLASSES, item, index, ROWS, cluster);
	assert_int_equal(s.clusters, ROWS / size);
	bootstrap_run(value, &s, REPLICATES, seed);
	sample_release(&s);
	return bootstrap_interval(value + METRIC_WAR, REPLICATES, VALUES);
}

static void
the_interval_of_a_share_is_the_binomial_one(void **state)
{
	struct interval i = war_interval(1, 3);
	double half = 1.96 * sqrt(.7 * .3 / ROWS);

	(void)state;
	assert_true(fabs(i.low - (.7 - half)) < .006);
	assert_true(fabs(i.high - (.7 + half)) < .006);
}

static void
rows_that_are_all_alike_in_a_cluster_count_once(void **state)
{
	struct interval i = war_interval(4, 3);
	double half = 1.96 * sqrt(.7 * .3 / (ROWS / 4));

	(void)state;
	assert_true(fabs(i.low - (.7 - half)) < .012);
	assert_true(fabs(i.high - (.7 + half)) < .012);
}

/* Of two clusters: both of the one, both of the other, or one of each. */
static void
a_replicate_is_made_of_whole_clusters(void **state)
{
	/* cluster 7: three rows, all right; cluster 2: one row, wrong */
	struct outcome item[] = {
		{ 0, 0, 0, .9 }, { 1, 0, 1, .6 }, { 2, 1, 1, .9 },
		{ 3, 1, 1, .8 },
	};
	size_t index[] = { 0, 1, 2, 3 };
	uint32_t cluster[] = { 7, 2, 7, 7 };
	double value[100 * VALUES];
	int seen[3] = { 0 };
	struct sample s;

	(void)state;
	sample_make(&s, CLASSES, item, index, 4, cluster);
	assert_int_equal(s.clusters, 2);
	bootstrap_run(value, &s, 100, 1);
	for (size_t r = 0; r < 100; r++) {
		double war = value[r * VALUES + METRIC_WAR];
		double ece = value[r * VALUES + METRIC_ECE];
		int kind = war == 0 ? 0 : war == 1 ? 1 : 2;

		seen[kind]++;
		if (kind == 2)
			assert_true(fabs(war - .75) < 1e-12);
		/* bins of .9, .8 and .6 hold gaps -.2, -.2 and .6 */
		assert_true(fabs(ece - (kind == 0 ? .6 : kind == 1
			? .4 / 3 : 1. / 4)) < 1e-6);
	}
	assert_true(seen[0] > 10 && seen[1] > 10 && seen[2] > 30);
	sample_release(&s);
}

static void
a_seed_gives_the_same_and_another_does_not(void **state)
{
	struct outcome item[50];
	size_t index[50];
	uint32_t cluster[50];
	double first[9 * VALUES], second[9 * VALUES], other[9 * VALUES];
	struct sample s;

	(void)state;
	for (size_t i = 0; i < 50; i++) {
		item[i] = (struct outcome){ i, i % 2, i % 3 == 0, .6 };
		index[i] = i;
		cluster[i] = (uint32_t)i;
	}
	sample_make(&s, CLASSES, item, index, 50, cluster);
	bootstrap_run(first, &s, 9, 1);
	bootstrap_run(second, &s, 9, 1);
	bootstrap_run(other, &s, 9, 2);
	assert_memory_equal(first, second, sizeof first);
	assert_memory_not_equal(first, other, sizeof first);
	assert_memory_not_equal(first, first + VALUES, VALUES * sizeof *first);
	sample_release(&s);
}

static void
a_sample_of_nothing_has_no_metrics(void **state)
{
	double value[3 * VALUES];
	struct sample s;

	(void)state;
	sample_make(&s, CLASSES, NULL, NULL, 0, NULL);
	assert_int_equal(s.clusters, 0);
	bootstrap_run(value, &s, 3, 1);
	for (size_t i = 0; i < 3 * VALUES; i++)
		assert_true(isnan(value[i]));
	sample_release(&s);
}

static void
percentiles_are_linear_between_neighbours(void **state)
{
	double value[1001], pair[] = { 3, -1, 1, -1 };
	struct interval i;

	(void)state;
	for (size_t k = 0; k < 1001; k++)
		value[k] = (double)(k * 300 % 1001); /* 300: coprime */
	i = bootstrap_interval(value, 1001, 1);
	assert_true(fabs(i.low - 25) < 1e-9 && fabs(i.high - 975) < 1e-9);
	i = bootstrap_interval(pair, 2, 2);
	assert_true(fabs(i.low - 1.05) < 1e-9 && fabs(i.high - 2.95) < 1e-9);
}

static void
undefined_replicates_are_left_out_but_not_too_many(void **state)
{
	double some[] = { NAN, 2, 4, NAN }, most[] = { NAN, 2, 4, NAN, NAN };
	struct interval i = bootstrap_interval(some, 4, 1);

	(void)state;
	assert_true(fabs(i.low - 2.05) < 1e-9 && fabs(i.high - 3.95) < 1e-9);
	assert_true(isnan(bootstrap_interval(most, 5, 1).low));
	assert_true(isnan(bootstrap_interval(most, 5, 1).high));
	assert_true(isnan(bootstrap_interval(some, 2, 1).low));
	assert_true(isnan(bootstrap_interval(NULL, 0, 1).low));
}

static void
p_counts_both_tails_and_ties_in_each(void **state)
{
	double same[9] = { 0 }, better[9], mixed[9];

	(void)state;
	for (int k = 0; k < 9; k++) {
		better[k] = k + 1;
		mixed[k] = k - 1; /* two of nine are not above 0 */
	}
	assert_true(bootstrap_p(same, 9, 1) == 1);
	assert_true(fabs(bootstrap_p(better, 9, 1) - .2) < 1e-12);
	assert_true(fabs(bootstrap_p(mixed, 9, 1) - .6) < 1e-12);
	assert_true(isnan(bootstrap_p(NULL, 0, 1)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_interval_of_a_share_is_the_binomial_one),
		cmocka_unit_test(
		rows_that_are_all_alike_in_a_cluster_count_once),
		cmocka_unit_test(a_replicate_is_made_of_whole_clusters),
		cmocka_unit_test(a_seed_gives_the_same_and_another_does_not),
		cmocka_unit_test(a_sample_of_nothing_has_no_metrics),
		cmocka_unit_test(percentiles_are_linear_between_neighbours),
		cmocka_unit_test(
		undefined_replicates_are_left_out_but_not_too_many),
		cmocka_unit_test(p_counts_both_tails_and_ties_in_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
