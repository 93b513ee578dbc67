/* core/number.h: all of a text is a number, or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/number.h"

static void
whole_numbers_are_read_whole(void **state)
{
	long n = 7;

	(void)state;
	assert_true(number_integer("0", &n) && n == 0);
	assert_true(number_integer("-12", &n) && n == -12);
	assert_true(number_integer("+3", &n) && n == 3);
	assert_true(number_integer("9223372036854775807", &n));
	assert_true(n == INT64_MAX);
}

static void
what_is_no_whole_number_changes_nothing(void **state)
{
	static const char *const bad[] = {
		"", " 1", "1 ", "\t1", "1.5", "1e3", "x", "0x10", "--1",
		"9223372036854775808", "-9223372036854775809", "1\n"
	};
	long n = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(number_integer(bad[i], &n));
	assert_int_equal(n, 7);
}

static void
real_numbers_are_read_whole(void **state)
{
	double x = 7;

	(void)state;
	assert_true(number_real("1e-3", &x) && x == 1e-3);
	assert_true(number_real("-.5", &x) && x == -.5);
	assert_true(number_real("16000", &x) && x == 16000);
	assert_true(number_real("1e-400", &x) && x == 0);
}

static void
what_is_no_real_number_changes_nothing(void **state)
{
	static const char *const bad[] = {
		"", " 1", "1 ", "1,5", "nan", "inf", "-infinity", "1e400",
		"e3", "1e", "."
	};
	double x = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(number_real(bad[i], &x));
	assert_true(x == 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers_are_read_whole),
		cmocka_unit_test(what_is_no_whole_number_changes_nothing),
		cmocka_unit_test(real_numbers_are_read_whole),
		cmocka_unit_test(what_is_no_real_number_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
