/* core/tsv.h: what ends a line, what is skipped, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/tsv.h"
#include "stream.h"

/* A file of these bytes, to be read from its beginning. */
static FILE *
file_of(const char *text, size_t length)
{
	FILE *fp = tmpfile();

	assert_non_null(fp);
	assert_int_equal(fwrite(text, 1, length, fp), length);
	rewind(fp);
	return fp;
}

static void
people_end_lines_as_they_like(void **state)
{
	static const char *const text[] = {
		"x\ty\na\t1\nb\t\n", "x\ty\r\na\t1\r\nb\t\r\n",
		"x\ty\ra\t1\rb\t", "\n x \ty \n\n\na\t1\n\nb\t",
		"\xef\xbb\xbfx\ty\r\na\t1\rb\t\n\n"
	};

	(void)state;
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
		FILE *fp = file_of(text[i], strlen(text[i]));
		struct tsv t;
		const char *why;

		assert_true(tsv_open(&t, fp, "t", false));
		assert_int_equal(t.columns, 2);
		assert_int_equal(tsv_column(&t, "y"), 1);
		assert_int_equal(tsv_column(&t, "z"), 2);
		assert_true(tsv_next(&t, &why) && !why);
		assert_string_equal(tsv_value(&t, "x"), "a");
		assert_string_equal(tsv_value(&t, "y"), "1");
		assert_true(tsv_next(&t, &why) && !why);
		assert_string_equal(t.value[0], "b");
		assert_null(tsv_value(&t, "y"));
		assert_null(tsv_value(&t, "z"));
		assert_false(tsv_next(&t, &why));
		tsv_close(&t);
		fclose(fp);
	}
}

static void
a_bad_line_has_a_reason_and_the_next_is_read(void **state)
{
	static const char text[] = "x\ty\na\n1\t2\t3\na\t\0\n\xff\tb\na\tb\n";
	static const char *const want[] = {
		"1 field, but the heading has 2",
		"3 fields, but the heading has 2",
		"a NUL byte: not a text file", "not UTF-8 (iconv converts)"
	};
	FILE *fp = file_of(text, sizeof text - 1);
	struct tsv t;
	const char *why;

	(void)state;
	assert_true(tsv_open(&t, fp, "t", false));
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		assert_true(tsv_next(&t, &why));
		assert_string_equal(why, want[i]);
		assert_int_equal(t.line, i + 2);
	}
	assert_true(tsv_next(&t, &why) && !why);
	tsv_close(&t);
	fclose(fp);
}

static void
of_a_program_the_heading_may_come_again(void **state)
{
	static const char text[] = "\xef\xbb\xbfx\t y\r\na\t\xff\x1b\n"
		"x\t y\n\nb\rc\td\n";
	FILE *fp = file_of(text, sizeof text - 1);
	struct tsv t;
	const char *why;

	(void)state;
	assert_true(tsv_open(&t, fp, "t", true));
	assert_string_equal(t.column[1], " y");
	assert_true(tsv_next(&t, &why) && !why);
	assert_string_equal(t.value[1], "\xff?");
	assert_true(tsv_next(&t, &why));
	assert_string_equal(why, "1 field, but the heading has 2");
	assert_int_equal(t.line, 4);
	assert_true(tsv_next(&t, &why) && !why);
	assert_string_equal(t.value[0], "b?c");
	assert_false(tsv_next(&t, &why));
	tsv_close(&t);
	fclose(fp);
}

static void
nothing_is_no_table(void **state)
{
	(void)state;
	for (int strict = 0; strict < 2; strict++) {
		FILE *fp = file_of("", 0);
		struct tsv t;

		assert_false(tsv_open(&t, fp, "t", strict));
		tsv_close(&t);
		fclose(fp);
	}
}

struct bad {
	const char *text;
	size_t length;
	bool strict;
	const char *want;
};

static void
bad_read(void *argument)
{
	const struct bad *b = argument;
	FILE *fp = file_of(b->text, b->length);
	struct tsv t;
	const char *why;

	tsv_open(&t, fp, "t", b->strict);
	while (tsv_next(&t, &why))
		;
	tsv_close(&t);
	fclose(fp);
}

static void
what_is_no_table_is_fatal(void **state)
{
	static const struct bad bad[] = {
		{ "x\tx\n", 4, false, "t:1: two columns have the name 'x'" },
		{ "x\tx\n", 4, true, "t:1: two columns have the name 'x'" },
		{ "\xff\xfex\0", 4, false, "t:1: UTF-16 (save it as UTF-8" },
		{ "\xff\xfex\0\n", 5, true, "t:1: UTF-16 (save it as UTF-8" },
		{ "x\0\n", 3, true, "t:1: a NUL byte" },
		{ "x\na", 3, true, "t:2: ends without a newline" },
	};
	char said[1000];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct bad b = bad[i];

		assert_int_equal(status_of(bad_read, &b, said, sizeof said),
		                 1);
		assert_true(says_once(said, b.want));
	}
}

static void
lines_are_counted_whatever_ends_them(void **state)
{
	static const char *const text[] = {
		"x\na\nb\nc\n", "x\r\na\r\nb\r\nc\r\n", "x\ra\rb\rc",
		"x\n\n\na\n\nb\nc", "\xef\xbb\xbfx\r\na\nb\rc\n\n"
	};

	(void)state;
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
		char name[] = "/tmp/tunne-tsv-XXXXXX";
		int fd = mkstemp(name);
		ssize_t length = (ssize_t)strlen(text[i]);

		assert_true(fd >= 0);
		assert_true(write(fd, text[i], strlen(text[i])) == length);
		assert_int_equal(tsv_count(name), 3);
		close(fd);
		unlink(name);
	}
	assert_int_equal(tsv_count("-"), 0);
	assert_int_equal(tsv_count("/tmp"), 0);
	assert_int_equal(tsv_count("/dev/null"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_end_lines_as_they_like),
		cmocka_unit_test(a_bad_line_has_a_reason_and_the_next_is_read),
		cmocka_unit_test(of_a_program_the_heading_may_come_again),
		cmocka_unit_test(nothing_is_no_table),
		cmocka_unit_test(what_is_no_table_is_fatal),
		cmocka_unit_test(lines_are_counted_whatever_ends_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
