#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "eval/confusion.h"
#include "eval/metrics.h"

static void
every_outcome_is_in_the_cell_of_its_truth_and_answer(void **state)
{
	/* two classes: answers 0, 1, 2 (another class), 3 (none) */
	struct outcome o[] = {
		{ 0, 0, 0, .5 }, { 1, 0, 1, .5 }, { 2, 0, 2, .5 },
		{ 3, 1, 1, .5 }, { 4, 1, 3, 0 }, { 5, 1, 1, .5 },
	};
	double want[8] = { 1, 1, 1, 0, 0, 2, 0, 1 };
	struct confusion c;

	(void)state;
	confusion_init(&c, 2);
	for (size_t i = 0; i < 6; i++)
		confusion_add(&c, o + i);
	assert_memory_equal(c.count, want, sizeof want);
	assert_true(confusion_truths(&c, 0) == 3);
	assert_true(confusion_truths(&c, 1) == 3);
	assert_true(confusion_answers(&c, 1) == 3);
	assert_true(confusion_answers(&c, 2) == 1);
	assert_true(confusion_answers(&c, 3) == 1);
	confusion_clear(&c);
	confusion_release(&c);
}

static void
a_bin_holds_its_upper_edge_and_the_first_holds_zero(void **state)
{
	(void)state;
	assert_int_equal(confidence_bin(0), 0);
	assert_int_equal(confidence_bin(1e-12), 0);
	assert_int_equal(confidence_bin(.2), 2);
	assert_int_equal(confidence_bin(.2 + 1e-9), 3);
	assert_int_equal(confidence_bin(1 - 1e-9), 14);
	assert_int_equal(confidence_bin(1), 14);
}

static void
gaps_are_confidence_less_correctness_of_rows_with_an_answer(void **state)
{
	struct outcome right = { 0, 0, 0, .9 }, wrong = { 1, 0, 1, .88 };
	struct outcome outside = { 2, 0, 2, .1 }, none = { 3, 0, 3, 0 };
	struct confusion c;

	(void)state;
	confusion_init(&c, 2);
	confusion_add(&c, &right);
	confusion_add(&c, &wrong);
	confusion_add(&c, &outside);
	confusion_add(&c, &none);
	assert_true(fabs(c.gap[13] - (.9 - 1 + .88)) < 1e-12);
	assert_true(fabs(c.gap[1] - .1) < 1e-12);
	assert_true(c.gap[0] == 0);
	confusion_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		every_outcome_is_in_the_cell_of_its_truth_and_answer),
		cmocka_unit_test(
		a_bin_holds_its_upper_edge_and_the_first_holds_zero),
		cmocka_unit_test(
		gaps_are_confidence_less_correctness_of_rows_with_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
