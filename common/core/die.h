/*
 * die.h - error messages, and how the program ends on an error
 *
 * Every line on standard error begins with the program's name:
 *	featurize: x.wav: not an audio file
 * A format that ends in ':' has strerror(errno) added.  Only this module and
 * progress.h write to standard error.
 */
#pragma once

#include <stdbool.h>

enum status { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_USAGE = 2 };

/* Called once, by cli_parse: keeps the last component of argv[0]. */
void program_init(const char *argv0);
const char *program_name(void);

/* -1 with -q, 0 by default, 1 with -v. */
void program_set_verbosity(int verbosity);
int program_verbosity(void);

/* Whether standard error is a terminal that can rewrite a line. */
bool program_terminal(void);

void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * warn, then exit with STATUS_FAILED; without a message where a write failed
 * because the reader of the pipe has ended.
 */
_Noreturn void die(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* die from a signal handler, in any thread or several at once. */
_Noreturn void die_in_signal(const char *text);

/* warn, refer to --help, then exit with STATUS_USAGE; for filters and cli. */
_Noreturn void die_usage(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
