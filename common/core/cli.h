/*
 * cli.h - the command line as a table
 *
 * The table is the usage text, the defaults shown in it and the ranges
 * checked, all at once.  Variables hold their defaults before cli_parse.
 *
 *	int bands = 80;
 *	struct cli_option options[] = {
 *		OPT_GROUP("Features"),
 *		OPT_INT('b', "bands", &bands, 1, 256, "mel bands"),
 *		OPT_END
 *	};
 *	int first = cli_parse(argc, argv, options, &about);
 *
 *	if (cli_given(options, "bands") && ...)
 *		die_usage("--bands needs --type fbank");
 *
 * Every program also has -h --help, --help-all, --version, -v --verbose and
 * -q --quiet.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define TUNNE_VERSION "0.1.0"

enum cli_kind {
	CLI_END, CLI_MORE, CLI_GROUP,
	CLI_FLAG, CLI_INT, CLI_FLOAT, CLI_STRING, CLI_CHOICE, CLI_LIST
};

/*
 * Values of an option that may be given several times.  The texts are argv's,
 * the array is the caller's to free().
 */
struct cli_list {
	const char **value;
	size_t length;
};

struct cli_option {
	enum cli_kind kind;
	int letter;               /* 0: long form only */
	const char *name;
	void *value;              /* bool, int, float, char *, int, cli_list */
	double min, max;          /* of CLI_INT and CLI_FLOAT, inclusive */
	const char *argument;     /* in usage; of CLI_CHOICE "a|b|c" */
	const char *help;
	bool given;               /* set by cli_parse */
};

#define OPT_FLAG(letter, name, value, help) \
	{ CLI_FLAG, letter, name, value, 0, 0, NULL, help, false }
#define OPT_INT(letter, name, value, min, max, help) \
	{ CLI_INT, letter, name, value, min, max, "N", help, false }
#define OPT_FLOAT(letter, name, value, min, max, help) \
	{ CLI_FLOAT, letter, name, value, min, max, "X", help, false }
#define OPT_STRING(letter, name, value, argument, help) \
	{ CLI_STRING, letter, name, value, 0, 0, argument, help, false }
/* *value is the index of the word in "a|b|c". */
#define OPT_CHOICE(letter, name, value, words, help) \
	{ CLI_CHOICE, letter, name, value, 0, 0, words, help, false }
#define OPT_LIST(letter, name, value, argument, help) \
	{ CLI_LIST, letter, name, value, 0, 0, argument, help, false }
/* A heading above the options that follow. */
#define OPT_GROUP(heading) \
	{ CLI_GROUP, 0, NULL, NULL, 0, 0, NULL, heading, false }
/* Only --help-all shows what follows; --help has 40 lines at most. */
#define OPT_MORE { CLI_MORE, 0, NULL, NULL, 0, 0, NULL, NULL, false }
#define OPT_END { CLI_END, 0, NULL, NULL, 0, 0, NULL, NULL, false }

struct cli_about {
	const char *summary;      /* "add log-mel features to each utterance" */
	const char *operands;     /* "[FILE ...]", or "" where there are none */
	int operands_min, operands_max; /* max -1: any number */
};

/*
 * Parses, stores, checks.  Returns the index of the first operand in argv.
 * --help and --version print and exit 0; anything wrong exits 2.
 * Numbers may be written as 1e-3; integers in decimal.  From here on a write
 * to a closed pipe fails rather than kills.
 */
int cli_parse(int argc, char *argv[], struct cli_option *options,
              const struct cli_about *about);

/* Whether the command line had this option, by its long name. */
bool cli_given(const struct cli_option *options, const char *name);

/*
 * The first of the names, up to a NULL, that the command line had; or NULL.
 *
 *	cli_given_any(options, (const char *[]){ "alpha", "beta", NULL })
 */
const char *cli_given_any(const struct cli_option *options,
                          const char *const *names);

/* Exits 2, naming option and value, unless why is NULL. */
void cli_value_check(const char *option, const char *value, const char *why);

/* Exits 2 where path is "-", standard input, and that is a terminal. */
void cli_stdin_check(const char *path, const char *wanted);

/* Exits 2 where standard output, for frames, is a terminal. */
void cli_stdout_check(void);

/*
 * Splits an option's "a,b,c", in place, into at most max names; returns their
 * number.  Exits 2 when one is empty, occurs twice, begins or ends with a
 * blank, or cannot be a column's name.
 */
size_t cli_names(const char **name, size_t max, char *list,
                 const char *option);

/*
 * Exits 2 where the file out is also read: as input or as one of the operands,
 * up to a NULL; "-", or no operand, is standard input.  out and input may be
 * NULL.
 */
void cli_output_check(const char *out, const char *input,
                      char *const *operand);
