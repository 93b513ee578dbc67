/* corpus/names: a sorted set, and its one text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/names.h"

static void
joined(const struct names *n, const char *want)
{
	char *text = names_join(n);

	assert_string_equal(text, want);
	free(text);
}

static void
test_set(void **state)
{
	struct names n = NAMES_INIT;

	(void)state;
	joined(&n, "");
	assert_false(names_have(&n, "b"));
	names_add(&n, "b");
	names_add(&n, "a");
	names_add(&n, "c");
	names_add(&n, "b");
	assert_int_equal(n.count, 3);
	assert_true(names_have(&n, "a"));
	assert_true(names_have(&n, "b"));
	assert_true(names_have(&n, "c"));
	assert_false(names_have(&n, ""));
	assert_false(names_have(&n, "ab"));
	joined(&n, "a\nb\nc");
	names_release(&n);
	assert_int_equal(n.count, 0);
	names_release(&n);
}

static void
test_many(void **state)
{
	struct names n = NAMES_INIT, again = NAMES_INIT;
	char name[16], *text;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "s%u", i * 7919 % 1000);
		names_add(&n, name);
	}
	assert_int_equal(n.count, 1000);
	for (size_t i = 1; i < n.count; i++)
		assert_true(strcmp(n.name[i - 1], n.name[i]) < 0);
	text = names_join(&n);
	names_split(&again, text);
	joined(&again, text);
	free(text);
	names_release(&n);
	names_release(&again);
}

static void
test_split(void **state)
{
	struct names n = NAMES_INIT;

	(void)state;
	names_split(&n, "");
	assert_int_equal(n.count, 0);
	names_split(&n, "\n\nb\n\na b\n");
	joined(&n, "a b\nb");
	names_split(&n, "a");
	joined(&n, "a\na b\nb");
	names_release(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a name is there once, and found", test_set,
		  NULL, NULL, NULL },
		{ "a thousand names stay in order and survive a text",
		  test_many, NULL, NULL, NULL },
		{ "empty lines are no names", test_split, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
