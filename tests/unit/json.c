/* model/json: strict where a lax reader would be misled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "weights/json.h"

static void
test_json(void **state)
{
	static const char text[] =
		"{\"a\":[1,2.5,-3],\"A\":true,\"t\":\"\\\\u0000\",\"n\":null}";
	const char *why;
	struct json *j = json_parse(text, sizeof text - 1, &why);
	const struct json *a = json_find(j, "a");
	double x;
	size_t n;
	bool yes = false;

	(void)state;
	assert_non_null(j);
	assert_int_equal(json_length(a), 3);
	assert_true(json_count(json_first(a), &n) && n == 1);
	a = json_next(json_first(a));
	assert_false(json_count(a, &n));
	assert_true(json_real(a, &x) && x == 2.5);
	assert_false(json_count(json_next(a), &n));
	assert_true(json_truth(json_find(j, "A"), &yes) && yes);
	assert_string_equal(json_text(json_find(j, "t")), "\\u0000");
	assert_int_equal(json_kind(json_find(j, "n")), JSON_NULL);
	assert_null(json_find(j, "N"));
	assert_null(json_text(json_find(json_find(j, "N"), "deeper")));
	json_release(j);
}

static void
test_refused(void **state)
{
	static const char *const texts[] = {
		"", " ", "{", "[1,]", "{\"a\"}", "{'a':1}", "nul", "1 2",
		"{} x", "[1]]", "\"\\u0000\"", "\"\xff\"",
		"[{\"a\":1,\"a\":2}]", "{\"a\":{\"b\":1,\"b\":1}}"
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		const char *why = NULL;

		assert_null(json_parse(texts[i], strlen(texts[i]), &why));
		assert_non_null(why);
	}
}

static void
test_many(void **state)
{
	enum { SIZE = 2 * JSON_ITEMS_MAX + 100 };
	char *text = malloc(SIZE);
	const char *why = NULL;
	struct json *j;

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		text[i] = "1,"[i % 2];
	text[0] = '[';
	text[1] = ' ';
	text[SIZE - 1] = ']';
	assert_null(json_parse(text, SIZE, &why));
	assert_non_null(strstr(why, "many"));
	for (size_t i = 2; i < SIZE - 2; i++)
		text[i] = ','; /* of a text, they part nothing */
	text[1] = text[SIZE - 2] = '"';
	j = json_parse(text, SIZE, &why);
	assert_non_null(j);
	json_release(j);
	free(text);
}

static void
test_written(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);

	(void)state;
	json_write_text(fp, "a\"\\\n\x01\xc3\xa9\xe4\xf0\x9f\x99\x82\xc3");
	assert_int_equal(fclose(fp), 0);
	assert_string_equal(text, "\"a\\\"\\\\\\u000a\\u0001\xc3\xa9?"
	                          "\xf0\x9f\x99\x82?\"");
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "values are read by exact name and kind",
		  test_json, NULL, NULL, NULL },
		{ "what is not strictly JSON is refused",
		  test_refused, NULL, NULL, NULL },
		{ "more values than a model needs are refused",
		  test_many, NULL, NULL, NULL },
		{ "text is escaped, and stray bytes replaced",
		  test_written, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
