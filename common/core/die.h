/*
 * die.h - the one voice for errors, and what the command line said of it
 *
 * Every line on standard error begins with the program's name:
 *	featurize: x.wav: not an audio file
 * A format that ends in ':' has strerror(errno) added.  Nothing else in tunne
 * writes to standard error but progress.h.
 */
#ifndef DIE_H
#define DIE_H

#include <stdbool.h>

enum status { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_USAGE = 2 };

/* Called once, by cli_parse: keeps the last component of argv[0]. */
void program_init(const char *argv0);
const char *program_name(void);

/* -1 with -q, 0 by default, 1 with -v. */
void program_set_verbosity(int verbosity);
int program_verbosity(void);

/* Is standard error a terminal, one that can rewrite a line? */
bool program_terminal(void);

void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * warn, then exit with STATUS_FAILED; in silence where a write failed because
 * the pipe's reader has gone.
 */
_Noreturn void die(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * die with that text as it is, from the handler of a signal, in any thread or
 * several at once.
 */
_Noreturn void die_in_signal(const char *text);

/* warn, point at --help, then exit with STATUS_USAGE. */
_Noreturn void die_usage(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
