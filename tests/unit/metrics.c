#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "eval/metrics.h"

enum { VALUES = METRICS_OVERALL + 3 * 3 };

static void
check_close(double got, double want)
{
	assert_true(fabs(got - want) < 1e-12);
}

/* The metrics of three classes with these counts and one gap. */
static void
compute(double value[VALUES], double count[15], double gap)
{
	struct confusion c = { .classes = 3, .count = count };

	c.gap[4] = gap;
	c.gap[9] = -gap;
	assert_int_equal(metrics_length(3), VALUES);
	metrics_compute(value, &c);
}

static void
three_classes_by_hand(void **state)
{
	double count[15] = {
		6, 2, 2, 0, 0, /* 10 rows */
		1, 4, 0, 0, 0, /* 5 */
		0, 1, 1, 1, 2, /* 5 */
	};
	double v[VALUES];

	(void)state;
	compute(v, count, 1.8);
	check_close(v[metric_recall(0)], .6);
	check_close(v[metric_recall(1)], .8);
	check_close(v[metric_recall(2)], .2);
	check_close(v[metric_precision(0)], 6 / 7.);
	check_close(v[metric_precision(1)], 4 / 7.);
	check_close(v[metric_precision(2)], 1 / 3.);
	check_close(v[metric_class_f1(0)], 12 / 17.);
	check_close(v[metric_class_f1(1)], 8 / 12.);
	check_close(v[metric_class_f1(2)], 2 / 8.);
	check_close(v[METRIC_UAR], 1.6 / 3);
	check_close(v[METRIC_WAR], 11 / 20.);
	check_close(v[METRIC_F1], (12 / 17. + 8 / 12. + 2 / 8.) / 3);
	check_close(v[METRIC_ECE], 3.6 / 18); /* two rows have no answer */
}

static void
a_class_without_labels_is_in_no_mean(void **state)
{
	double count[15] = {
		1, 0, 1, 0, 0,
		0, 2, 0, 0, 0,
	};
	double v[VALUES];

	(void)state;
	compute(v, count, 0);
	check_close(v[METRIC_UAR], .75);
	check_close(v[METRIC_F1], (2 / 3. + 1) / 2);
	assert_true(isnan(v[metric_recall(2)]));
	check_close(v[metric_precision(2)], 0);
	check_close(v[metric_class_f1(2)], 0);
	check_close(v[METRIC_ECE], 0);
}

static void
a_class_never_answered_has_recall_zero_and_no_precision(void **state)
{
	double count[15] = {
		0, 2, 0, 0, 0,
		0, 2, 0, 0, 0,
	};
	double v[VALUES];

	(void)state;
	compute(v, count, 0);
	check_close(v[metric_recall(0)], 0);
	assert_true(isnan(v[metric_precision(0)]));
	check_close(v[metric_class_f1(0)], 0);
	check_close(v[METRIC_UAR], .5);
}

static void
one_class_alone_is_its_own_mean(void **state)
{
	double count[15] = { 3, 1 };
	double v[VALUES];

	(void)state;
	compute(v, count, 0);
	check_close(v[METRIC_UAR], .75);
	check_close(v[METRIC_WAR], .75);
}

static void
nothing_has_no_metrics(void **state)
{
	double count[15] = { 0 }, unanswered[15] = { 0, 0, 0, 0, 3 };
	double v[VALUES];

	(void)state;
	compute(v, count, 0);
	for (size_t m = 0; m < VALUES; m++)
		assert_true(isnan(v[m]));
	compute(v, unanswered, 0);
	check_close(v[METRIC_UAR], 0);
	check_close(v[METRIC_F1], 0);
	assert_true(isnan(v[METRIC_ECE]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_classes_by_hand),
		cmocka_unit_test(a_class_without_labels_is_in_no_mean),
		cmocka_unit_test(
		a_class_never_answered_has_recall_zero_and_no_precision),
		cmocka_unit_test(one_class_alone_is_its_own_mean),
		cmocka_unit_test(nothing_has_no_metrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
