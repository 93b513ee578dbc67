/* manifest.h: lines, columns, and where paths lead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "corpus/manifest.h"

static const char template[] = "/tmp/tunne-manifest-XXXXXX";

/* Writes a file of these bytes; name begins as the template. */
static void
text_write(char *name, const char *text)
{
	int fd = mkstemp(name);
	FILE *fp;

	assert_true(fd >= 0);
	fp = fdopen(fd, "w");
	assert_non_null(fp);
	assert_true(fputs(text, fp) >= 0);
	assert_int_equal(fclose(fp), 0);
}

/* Opens a manifest of these bytes, which keeps the name. */
static void
text_open(struct manifest *m, const char *text)
{
	static char name[sizeof template];

	strcpy(name, template);
	text_write(name, text);
	manifest_open(m, name);
	unlink(name);
}

/* The same of a table by ids. */
static void
text_open_ids(struct manifest *m, const char *text)
{
	static char name[sizeof template];

	strcpy(name, template);
	text_write(name, text);
	manifest_open_ids(m, name);
	unlink(name);
}

static void
columns_may_stand_in_any_order(void **state)
{
	struct manifest m;
	const char *why = "";

	(void)state;
	text_open(&m, "mood\tpath\tid\nhigh\tx.wav\tone\n\ty.wav\t\n");
	assert_true(manifest_next(&m, &why));
	assert_null(why);
	assert_string_equal(manifest_value(&m, "mood"), "high");
	assert_string_equal(manifest_value(&m, "id"), "one");
	assert_string_equal(m.path, "/tmp/x.wav");
	assert_null(manifest_value(&m, "color"));
	assert_true(manifest_next(&m, &why));
	assert_null(manifest_value(&m, "mood"));
	assert_null(manifest_value(&m, "id"));
	assert_false(m.part);
	assert_false(manifest_next(&m, &why));
	manifest_close(&m);
}

static void
ids_fall_back_on_paths_and_bad_lines_on_numbers(void **state)
{
	struct manifest m;
	const char *why;
	char *id;

	(void)state;
	text_open(&m, "path\tid\nx.wav\tone\n\ny.wav\t\nbad\n");
	assert_true(manifest_next(&m, &why));
	id = manifest_id(&m, why);
	assert_string_equal(id, "one");
	free(id);
	assert_true(manifest_next(&m, &why));
	id = manifest_id(&m, why);
	assert_string_equal(id, "y.wav");
	free(id);
	assert_true(manifest_next(&m, &why));
	assert_string_equal(why, "1 field, but the heading has 2");
	id = manifest_id(&m, why);
	assert_non_null(strstr(id, ":5"));
	free(id);
	manifest_close(&m);
}

/* The id of the next line, which the caller frees; or why it has none. */
static char *
id_next(struct manifest *m, const char **why)
{
	assert_true(manifest_next(m, why));
	return manifest_id(m, *why);
}

static void
an_id_may_stand_for_a_path(void **state)
{
	static const char *const want[] = { "one", "y.wav", ":4", "z", ":6" };
	static const char *const bad[] = {
		NULL, NULL, "no id", NULL, "a part of a recording needs an id"
	};
	struct manifest m;
	const char *why;

	(void)state;
	text_open_ids(&m, "id\tpath\tstart\none\t\t\n\ty.wav\t\n\t\t\n"
	              "z\tz.wav\t1\n\tz.wav\t1\n");
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		char *id = id_next(&m, &why);

		assert_non_null(strstr(id, want[i]));
		if (bad[i])
			assert_string_equal(why, bad[i]);
		else
			assert_null(why);
		free(id);
	}
	manifest_close(&m);
	text_open_ids(&m, "id\nx\n");
	assert_true(manifest_next(&m, &why));
	assert_null(why);
	assert_null(m.path);
	manifest_close(&m);
}

static void
an_absolute_path_stays(void **state)
{
	struct manifest m;
	const char *why;

	(void)state;
	text_open(&m, "path\n/data/x.wav");
	assert_true(manifest_next(&m, &why));
	assert_string_equal(m.path, "/data/x.wav");
	manifest_close(&m);
}

static void
times_are_numbers_in_order(void **state)
{
	static const char *const bad[] = {
		"x\t-1\t", "x\t1\t1", "x\t2\t1", "x\t1s\t", "x\t\tnan",
		"x\tinf\t", "x\t\t0"
	};
	struct manifest m;
	const char *why;
	char text[64];

	(void)state;
	text_open(&m, "path\tstart\tend\nx\t.5\t\nx\t\t2\nx\t1\t2.5\n");
	assert_true(manifest_next(&m, &why) && m.part);
	assert_true(m.start == .5 && m.end < 0);
	assert_true(manifest_next(&m, &why) && m.part);
	assert_true(m.start == 0 && m.end == 2);
	assert_true(manifest_next(&m, &why) && m.part);
	assert_true(m.start == 1 && m.end == 2.5);
	manifest_close(&m);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(text, sizeof text, "path\tstart\tend\n%s\n", bad[i]);
		text_open(&m, text);
		assert_true(manifest_next(&m, &why));
		assert_non_null(why);
		manifest_close(&m);
	}
}

static void
a_long_line_is_read_whole(void **state)
{
	static char text[100100];
	struct manifest m;
	const char *why;

	(void)state;
	strcpy(text, "path\tnote\nx\t");
	memset(text + strlen(text), 'n', 100000);
	text_open(&m, text);
	assert_true(manifest_next(&m, &why));
	assert_int_equal(strlen(manifest_value(&m, "note")), 100000);
	manifest_close(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_may_stand_in_any_order),
		cmocka_unit_test(
			ids_fall_back_on_paths_and_bad_lines_on_numbers),
		cmocka_unit_test(an_id_may_stand_for_a_path),
		cmocka_unit_test(an_absolute_path_stays),
		cmocka_unit_test(times_are_numbers_in_order),
		cmocka_unit_test(a_long_line_is_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
