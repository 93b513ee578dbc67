#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/text_table.h"

/* What the table prints; free() it. */
static char *
printed(const struct table *t)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	table_print(t, out);
	fclose(out);
	return text;
}

static void
check_printed(struct table *t, const char *want)
{
	char *got = printed(t);

	assert_string_equal(got, want);
	free(got);
	table_release(t);
}

static void
names_stand_left_and_numbers_right(void **state)
{
	struct table t;

	(void)state;
	table_init(&t, 3);
	table_cell(&t, "group");
	table_cell(&t, "rows");
	table_cell(&t, "UAR");
	table_cell(&t, "all");
	table_cell(&t, "%d", 12345);
	table_cell(&t, "%.1f", 7.25);
	check_printed(&t, "group   rows  UAR\nall    12345  7.2\n");
}

static void
a_character_is_one_column_however_many_bytes(void **state)
{
	struct table t;

	(void)state;
	assert_int_equal(text_width("häpeä"), 5);
	assert_int_equal(text_width("悲しみ"), 3);
	table_init(&t, 2);
	table_cell(&t, "häpeä");
	table_cell(&t, "ä");
	table_cell(&t, "anger");
	table_cell(&t, "10");
	check_printed(&t, "häpeä   ä\nanger  10\n");
}

static void
columns_that_do_not_fit_go_below_with_the_names(void **state)
{
	char wide[] = "123456789012345678901234567890"; /* 30 */
	struct table t;

	(void)state;
	table_init(&t, 4);
	for (int c = 0; c < 4; c++)
		table_cell(&t, "%s", c == 0 ? "name" : wide);
	check_printed(&t,
		"name  123456789012345678901234567890"
		"  123456789012345678901234567890\n\n"
		"name  123456789012345678901234567890\n");
}

static void
a_long_name_has_its_own_line(void **state)
{
	char name[61] = { 0 };
	char want[200];
	struct table t;

	(void)state;
	memset(name, 'x', 60);
	table_init(&t, 2);
	table_cell(&t, "%s", name);
	table_cell(&t, "1");
	snprintf(want, sizeof want, "%s\n%20s  1\n", name, "");
	check_printed(&t, want);
}

static void
a_table_may_have_one_column_or_no_rows(void **state)
{
	struct table t;

	(void)state;
	table_init(&t, 1);
	table_cell(&t, "alone");
	check_printed(&t, "alone\n");
	table_init(&t, 2);
	check_printed(&t, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_stand_left_and_numbers_right),
		cmocka_unit_test(a_character_is_one_column_however_many_bytes),
		cmocka_unit_test(
		columns_that_do_not_fit_go_below_with_the_names),
		cmocka_unit_test(a_long_name_has_its_own_line),
		cmocka_unit_test(a_table_may_have_one_column_or_no_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
