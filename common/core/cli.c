#include <ctype.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/number.h"
#include "core/same_file.h"
#include "core/utf8.h"
#include "core/xalloc.h"

/* getopt_long's values: table entries from FIRST on, common ones below. */
enum { HELP = 1, HELP_ALL, VERSION, VERBOSE, QUIET, FIRST };

static const struct option common[] = {
	{ "help", no_argument, NULL, HELP },
	{ "help-all", no_argument, NULL, HELP_ALL },
	{ "version", no_argument, NULL, VERSION },
	{ "verbose", no_argument, NULL, VERBOSE },
	{ "quiet", no_argument, NULL, QUIET },
};

enum { COMMON = sizeof common / sizeof common[0] };

static size_t
table_length(const struct cli_option *o)
{
	size_t n = 0;

	while (o[n].kind != CLI_END)
		n++;
	return n;
}

/* Copies the index'th word of "a|b|c" to buffer; false past the last. */
static bool
choice_word(const char *words, int index, char *buffer, size_t size)
{
	size_t length;

	for (; index > 0; index--) {
		words = strchr(words, '|');
		if (!words)
			return false;
		words++;
	}
	length = strcspn(words, "|");
	if (length >= size)
		length = size - 1;
	memcpy(buffer, words, length);
	buffer[length] = '\0';
	return true;
}

/* " [80; 1 to 256]", or "" for an option without a default. */
static void
default_write(char *text, size_t size, const struct cli_option *o)
{
	char word[32], range[64];

	/* a bound of a million or more is not worth printing */
	if (o->max < 1e6)
		snprintf(range, sizeof range, "%g to %g", o->min, o->max);
	else
		snprintf(range, sizeof range, "%g or more", o->min);
	*text = '\0';
	if (o->kind == CLI_INT)
		snprintf(text, size, " [%d; %s]", *(int *)o->value, range);
	if (o->kind == CLI_FLOAT)
		snprintf(text, size, " [%g; %s]", (double)*(float *)o->value,
		         range);
	if (o->kind == CLI_CHOICE) {
		choice_word(o->argument, *(int *)o->value, word, sizeof word);
		snprintf(text, size, " [%s]", word);
	}
	if (o->kind == CLI_STRING && *(const char **)o->value)
		snprintf(text, size, " [%s]", *(const char **)o->value);
}

/* Texts that do not fit into the line go below. */
static void
option_print(const struct cli_option *o)
{
	enum { INDENT = 28, COLUMNS = 80 };
	char value[128];
	int width = o->letter ? printf("  -%c, --%s", o->letter, o->name)
	                      : printf("      --%s", o->name);

	if (o->argument)
		width += printf(" %s", o->argument);
	if (width > INDENT)
		width = printf("\n") - 1;
	width += printf("%*s %s", INDENT - width, "", o->help);
	default_write(value, sizeof value, o);
	if ((size_t)width + strlen(value) > COLUMNS)
		printf("\n%*s", INDENT, "");
	printf("%s\n", value);
}

static void
help_print(const struct cli_option *o, const struct cli_about *about, bool all)
{
	const char *gap = o->kind == CLI_GROUP ? "\n" : "";
	bool more = false;

	printf("usage: %s [options]%s%s\n%s\n%s", program_name(),
	       *about->operands ? " " : "", about->operands, about->summary,
	       *gap ? "" : "\n");
	for (; o->kind != CLI_END; o++) {
		more |= o->kind == CLI_MORE;
		if (o->kind == CLI_MORE || (more && !all))
			continue;
		if (o->kind != CLI_GROUP) {
			option_print(o);
			continue;
		}
		gap = "\n";
		printf("\n%s:\n", o->help);
	}
	printf("%s  -h, --help%s  --version  -v, --verbose  -q, --quiet\n\n"
	       "The page %s(1) has the details and examples%s.\n",
	       gap, more ? "  --help-all" : "", program_name(),
	       more && !all ? "; --help-all more options" : "");
}

static _Noreturn void
value_die(const struct cli_option *o, const char *text)
{
	char range[64];

	if (o->kind == CLI_INT)
		snprintf(range, sizeof range, "an integer in %.0f..%.0f",
		         o->min, o->max);
	else
		snprintf(range, sizeof range, "a number in %g..%g", o->min,
		         o->max);
	die_usage("--%s %s: want %s", o->name, text,
	          o->kind == CLI_CHOICE ? o->argument : range);
}

static void
choice_store(const struct cli_option *o, const char *text)
{
	char word[32];

	for (int i = 0; choice_word(o->argument, i, word, sizeof word); i++)
		if (strcmp(word, text) == 0) {
			*(int *)o->value = i;
			return;
		}
	value_die(o, text);
}

static void
list_store(struct cli_list *list, const char *text)
{
	list->value = xrealloc(list->value, list->length + 1,
	                       sizeof *list->value);
	list->value[list->length++] = text;
}

static void
option_store(struct cli_option *o, const char *text)
{
	long n;
	double x;

	o->given = true;
	switch (o->kind) {
	case CLI_FLAG:
		*(bool *)o->value = true;
		break;
	case CLI_INT:
		if (!number_integer(text, &n) || (double)n < o->min ||
		    (double)n > o->max)
			value_die(o, text);
		*(int *)o->value = (int)n;
		break;
	case CLI_FLOAT:
		if (!number_real(text, &x) || x < o->min || x > o->max)
			value_die(o, text);
		*(float *)o->value = (float)x;
		break;
	case CLI_STRING:
		*(const char **)o->value = text;
		break;
	case CLI_CHOICE:
		choice_store(o, text);
		break;
	case CLI_LIST:
		list_store(o->value, text);
		break;
	case CLI_MORE:
	case CLI_GROUP:
	case CLI_END:
		break;
	}
}

/* Our table as getopt's; the caller frees both. */
static struct option *
getopt_tables(const struct cli_option *o, char **letters)
{
	size_t n = table_length(o), used = 0, named = 0;
	struct option *table = xcalloc(n + COMMON + 1, sizeof *table);
	char *s = xcalloc(2 * n + 5, 1);

	memcpy(s, "hvq", used = 3);
	for (size_t i = 0; i < n; i++) {
		bool takes = o[i].kind != CLI_FLAG;

		if (!o[i].name)
			continue; /* a mark */
		table[named++] = (struct option){
			o[i].name, takes ? required_argument : no_argument,
			NULL, FIRST + 256 + (int)i
		};
		if (!o[i].letter)
			continue;
		s[used++] = (char)o[i].letter;
		if (takes)
			s[used++] = ':';
	}
	memcpy(table + named, common, sizeof common);
	*letters = s;
	return table;
}

/* The entry of getopt's value c, a letter or a long form. */
static struct cli_option *
option_find(struct cli_option *o, int c)
{
	if (c >= FIRST + 256)
		return o + (c - FIRST - 256);
	for (; o->kind != CLI_END; o++)
		if (o->letter == c)
			return o;
	return NULL;
}

/* Prints the help or version, or refers to --help, and exits. */
static _Noreturn void
common_end(int c, const struct cli_option *options,
           const struct cli_about *about)
{
	if (c != HELP && c != 'h' && c != HELP_ALL && c != VERSION) {
		/* getopt has printed what is wrong */
		fprintf(stderr, "Try '%s --help'.\n", program_name());
		exit(STATUS_USAGE);
	}
	if (c == VERSION)
		printf("%s (tunne) %s\n", program_name(), TUNNE_VERSION);
	else
		help_print(options, about, c == HELP_ALL);
	if (fflush(stdout))
		die("write <stdout>:");
	exit(STATUS_OK);
}

/*
 * Opens standard streams that are closed, so that no other file gets their
 * number.  They can be neither read nor written, as before.
 */
static void
streams_reserve(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY
			                                     : O_RDONLY);
}

/* Refuses empty ones, which are probably unset variables of the shell. */
static void
operands_check(char *const *operand, int count, const struct cli_about *about)
{
	if (count < about->operands_min)
		die_usage("missing operand: %s", about->operands);
	if (about->operands_max >= 0 && count > about->operands_max)
		die_usage("unexpected operand: %s",
		          operand[about->operands_max]);
	for (int i = 0; i < count; i++)
		if (operand[i][0] == '\0')
			die_usage("operand %d is empty (a variable that is "
			          "not set?): %s", i + 1, about->operands);
}

int
cli_parse(int argc, char *argv[], struct cli_option *options,
          const struct cli_about *about)
{
	char *letters;
	struct option *table = getopt_tables(options, &letters);
	int c, end = 0;

	streams_reserve();
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error, */
	signal(SIGXFSZ, SIG_IGN); /* and so is a file too long */
	program_init(argc > 0 ? argv[0] : "tunne");
	if (argc > 0) /* getopt's own messages begin with argv[0] */
		argv[0] += strlen(argv[0]) - strlen(program_name());
	while (!end &&
	       (c = getopt_long(argc, argv, letters, table, NULL)) != -1) {
		struct cli_option *o = option_find(options, c);

		if (o)
			option_store(o, optarg);
		else if (c == VERBOSE || c == 'v')
			program_set_verbosity(1);
		else if (c == QUIET || c == 'q')
			program_set_verbosity(-1);
		else
			end = c;
	}
	free(letters);
	free(table);
	if (end)
		common_end(end, options, about);

	operands_check(argv + optind, argc - optind, about);
	return optind;
}

bool
cli_given(const struct cli_option *options, const char *name)
{
	for (; options->kind != CLI_END; options++)
		if (options->name && strcmp(options->name, name) == 0)
			return options->given;
	return false;
}

const char *
cli_given_any(const struct cli_option *options, const char *const *names)
{
	for (; *names; names++)
		if (cli_given(options, *names))
			return *names;
	return NULL;
}

void
cli_value_check(const char *option, const char *value, const char *why)
{
	if (why)
		die_usage("--%s %s: %s", option, value, why);
}

void
cli_stdin_check(const char *path, const char *wanted)
{
	if (strcmp(path, "-") == 0 && isatty(STDIN_FILENO))
		die_usage("standard input is a terminal, want %s", wanted);
}

void
cli_stdout_check(void)
{
	if (isatty(STDOUT_FILENO))
		die_usage("standard output is a terminal, which cannot show "
		          "frames: add | framedump, or >FILE");
}

/* Whether a word can be the name of a column. */
static bool
name_fits(const char *word)
{
	enum { NAME_MAX_BYTES = 255 };

	if (!*word || strlen(word) > NAME_MAX_BYTES || !utf8_valid(word))
		return false;
	for (const char *at = word; *at; at++)
		if (utf8_control(at))
			return false;
	return true;
}

size_t
cli_names(const char **name, size_t max, char *list, const char *option)
{
	size_t count = 0;

	for (char *word = list; word;) {
		char *comma = strchr(word, ',');

		if (comma)
			*comma++ = '\0';
		if (count == max || !name_fits(word))
			die_usage("%s: want 1 to %zu names with commas "
			          "between them", option, max);
		if (isspace((unsigned char)*word) ||
		    isspace((unsigned char)word[strlen(word) - 1]))
			die_usage("%s: \"%s\" begins or ends with a blank",
			          option, word);
		for (size_t i = 0; i < count; i++)
			if (strcmp(name[i], word) == 0)
				die_usage("%s: %s twice", option, word);
		name[count++] = word;
		word = comma;
	}
	return count;
}

static bool
is_read(const char *out, const char *operand)
{
	return same_file(strcmp(operand, "-") == 0 ? "/dev/stdin" : operand,
	                 out);
}

void
cli_output_check(const char *out, const char *input, char *const *operand)
{
	bool read;

	if (!out)
		return;
	read = (input && is_read(out, input)) ||
	       (!*operand && is_read(out, "-"));
	for (; *operand && !read; operand++)
		read = is_read(out, *operand);
	if (read)
		die_usage("%s: would be read and replaced", out);
}
