/* core/cli.h and die.h: the table is parsed, checked and shown. */
#include <errno.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/cli.h"
#include "core/die.h"
#include "stream.h"

struct values {
	bool flag;
	int bands, type;
	float gain;
	const char *name;
	struct cli_list teachers;
	bool bands_given;
	const char *any_given;
	int first;
};

enum { WORDS = 8 };

struct line {
	int argc;
	char *argv[WORDS + 1];
	struct values v;
};

static void
line_parse(void *argument)
{
	struct line *l = argument;
	struct cli_option options[] = {
		OPT_FLAG('f', "flag", &l->v.flag, "a flag"),
		OPT_INT('b', "bands", &l->v.bands, 1, 256, "mel bands"),
		OPT_FLOAT('g', "gain", &l->v.gain, -10, 10, "dB"),
		OPT_STRING(0, "name", &l->v.name, "NAME", "a name"),
		OPT_CHOICE('t', "type", &l->v.type, "fbank|mfcc", "which"),
		OPT_MORE,
		OPT_GROUP("Teachers"),
		OPT_LIST('T', "teacher", &l->v.teachers, "T", "several"),
		OPT_END
	};
	const struct cli_about about = {
		.summary = "test", .operands = "[FILE ...]",
		.operands_max = 2
	};

	optind = 0; /* getopt begins anew */
	l->v.first = cli_parse(l->argc, l->argv, options, &about);
	l->v.bands_given = cli_given(options, "bands");
	l->v.any_given = cli_given_any(options, (const char *[]){
		"gain", "teacher", NULL });
}

/* A command line from words, at most WORDS with the program's name. */
static struct line
line_of(const char *const *word)
{
	struct line l = { .argc = 1, .argv = { "/usr/bin/prog" },
	                  .v = { .bands = 80, .gain = 1 } };

	for (; *word; word++)
		l.argv[l.argc++] = (char *)(uintptr_t)*word;
	return l;
}

static void
options_are_stored(void **state)
{
	struct line l = line_of((const char *const[]){
		"-fb", "40", "--gain=-2.5", "--name", "x", "-tmfcc", "a",
		NULL });

	(void)state;
	line_parse(&l);
	assert_true(l.v.flag);
	assert_int_equal(l.v.bands, 40);
	assert_true(l.v.gain == -2.5f);
	assert_string_equal(l.v.name, "x");
	assert_int_equal(l.v.type, 1);
	assert_string_equal(l.argv[l.v.first], "a");
}

static void
a_list_holds_all_in_order(void **state)
{
	struct line l = line_of((const char *const[]){
		"-T", "a", "--teacher", "b", "-Tc", NULL });

	(void)state;
	line_parse(&l);
	assert_int_equal(l.v.teachers.length, 3);
	assert_string_equal(l.v.teachers.value[1], "b");
	assert_string_equal(l.v.teachers.value[2], "c");
	free(l.v.teachers.value);
	assert_int_equal(l.v.first, l.argc);
}

static void
a_given_option_is_known_whatever_its_value(void **state)
{
	struct line none = line_of((const char *const[]){ "a", NULL });
	struct line same = line_of((const char *const[]){
		"-b", "80", "-T", "a", NULL });

	(void)state;
	line_parse(&none);
	assert_false(none.v.bands_given);
	assert_null(none.v.any_given);
	line_parse(&same);
	assert_true(same.v.bands_given);
	assert_string_equal(same.v.any_given, "teacher");
	free(same.v.teachers.value);
}

/* Parses with standard error for standard output. */
static void
line_help(void *argument)
{
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		abort();
	line_parse(argument);
}

static void
help_ends_at_the_mark_and_help_all_does_not(void **state)
{
	struct line some = line_of((const char *const[]){ "--help", NULL });
	struct line all = line_of((const char *const[]){ "--help-all", NULL });
	char said[2000];

	(void)state;
	assert_int_equal(status_of(line_help, &some, said, sizeof said), 0);
	assert_non_null(strstr(said, "--type"));
	assert_null(strstr(said, "--teacher"));
	assert_null(strstr(said, "Teachers"));
	assert_non_null(strstr(said, "; --help-all more options.\n"));
	assert_int_equal(status_of(line_help, &all, said, sizeof said), 0);
	assert_non_null(strstr(said, "--type"));
	assert_non_null(strstr(said, "\nTeachers:\n  -T, --teacher T"));
	assert_null(strstr(said, "more options"));
}

static void
defaults_stay_when_nothing_is_said(void **state)
{
	struct line l = line_of((const char *const[]){ NULL });

	(void)state;
	line_parse(&l);
	assert_int_equal(l.v.bands, 80);
	assert_true(l.v.gain == 1);
	assert_null(l.v.name);
}

static void
what_is_wrong_is_said_and_exits_2(void **state)
{
	static const struct { const char *word[4], *said; } bad[] = {
		{ { "-b", "0" }, "prog: --bands 0: want an integer in 1..256" },
		{ { "-b", "257" }, "prog: --bands 257: want" },
		{ { "-b", "12x" }, "prog: --bands 12x: want" },
		{ { "-b", "99999999999999999999" }, "want an integer" },
		{ { "-g", "10.5" }, "--gain 10.5: want a number in -10..10" },
		{ { "-g", "nan" }, "--gain nan: want a number" },
		{ { "-t", "fban" }, "--type fban: want fbank|mfcc" },
		{ { "-t", "" }, "--type : want fbank|mfcc" },
		{ { "-t", "fbank|mfcc" }, "want fbank|mfcc" },
		{ { "--nothing" }, "prog: unrecognized option '--nothing'" },
		{ { "-z" }, "prog: invalid option -- 'z'" },
		{ { "--name" }, "prog: option '--name' requires an argument" },
		{ { "a", "b", "c" }, "prog: unexpected operand: c" },
		{ { "a", "" }, "prog: operand 2 is empty (a variable" },
	};
	char said[400];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct line l = line_of(bad[i].word);

		assert_int_equal(status_of(line_parse, &l, said, sizeof said),
		                 STATUS_USAGE);
		assert_non_null(strstr(said, bad[i].said));
		assert_non_null(strstr(said, "\nTry 'prog --help'.\n"));
	}
}

static void
a_warning(void *argument)
{
	errno = ENOENT;
	program_init("/a/b/prog");
	warn("%s:", (const char *)argument);
}

static void
a_message_is_one_line_with_the_reason(void **state)
{
	char said[6000], name[5001];

	(void)state;
	status_of(a_warning, "x.wav", said, sizeof said);
	assert_string_equal(said, "prog: x.wav: No such file or directory\n");
	status_of(a_warning, "a\nb\033[1m\x7f", said, sizeof said);
	assert_string_equal(said,
	                    "prog: a?b?[1m?: No such file or directory\n");
	status_of(a_warning, "\xc3\xa4", said, sizeof said);
	assert_true(says_once(said, "prog: \xc3\xa4: No"));
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	status_of(a_warning, name, said, sizeof said);
	assert_true(says_once(said, "prog: xxx"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_stored),
		cmocka_unit_test(a_list_holds_all_in_order),
		cmocka_unit_test(a_given_option_is_known_whatever_its_value),
		cmocka_unit_test(help_ends_at_the_mark_and_help_all_does_not),
		cmocka_unit_test(defaults_stay_when_nothing_is_said),
		cmocka_unit_test(what_is_wrong_is_said_and_exits_2),
		cmocka_unit_test(a_message_is_one_line_with_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
