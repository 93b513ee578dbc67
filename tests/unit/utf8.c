/* utf8.h: what is text, and what must not reach a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/utf8.h"

static void
utf8_is_told_from_other_bytes(void **state)
{
	static const char *const good[] = {
		"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
		"\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf", "z\xc3\xa4z"
	};
	static const char *const bad[] = {
		"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3z",
		"\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80",
		"\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"a\xff", "\xf0\x90\x80"
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(utf8_valid(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char text[8];

		assert_false(utf8_valid(bad[i]));
		strcpy(text, bad[i]);
		utf8_repair(text);
		assert_true(utf8_valid(text));
		assert_int_equal(strlen(text), strlen(bad[i]));
	}
}

static const char wild[] = "a\x1b[1m\x9b\x7f\xc2\x9b\xc2\xa0\t\n\xc3\xa4";

static void
controls_are_tamed_and_other_characters_are_not(void **state)
{
	char text[sizeof wild];

	(void)state;
	strcpy(text, wild);
	utf8_tame(text);
	assert_string_equal(text,
	                    "a?[1m\x9b???\xc2\xa0\t?\xc3\xa4");
	strcpy(text, "");
	utf8_tame(text);
	assert_string_equal(text, "");
	strcpy(text, "\xc2"); /* a character that is cut */
	utf8_tame(text);
	assert_string_equal(text, "\xc2");
}

static void
every_control_is_known_and_nothing_else(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 0x100; c++) {
		char text[3] = { (char)c, 0, 0 };
		bool control = (c > 0 && c < ' ') || (c >= 0x7f && c < 0xa0);

		if (c >= 0x80) {
			text[0] = (char)(0xc0 | c >> 6);
			text[1] = (char)(0x80 | (c & 0x3f));
		}
		assert_int_equal(utf8_control(text),
		                 control ? strlen(text) : 0);
	}
}

static void
controls_are_printed_as_escapes_and_padded(void **state)
{
	char *printed;
	size_t size;
	FILE *fp = open_memstream(&printed, &size);

	(void)state;
	assert_non_null(fp);
	utf8_print(fp, wild, 0);
	utf8_print(fp, "|", 4);
	utf8_print(fp, "longer", 4);
	assert_int_equal(utf8_put(fp, "\0b", 2), 1);
	fclose(fp);
	assert_string_equal(printed, "a\\u001b[1m\\ufffd\\u007f\\u009b"
	                    "\xc2\xa0\\t\\n\xc3\xa4|   longer\\u0000");
	free(printed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_told_from_other_bytes),
		cmocka_unit_test(
			controls_are_tamed_and_other_characters_are_not),
		cmocka_unit_test(every_control_is_known_and_nothing_else),
		cmocka_unit_test(controls_are_printed_as_escapes_and_padded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
