#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/die.h"
#include "core/utf8.h"

static const char *name = "tunne";
static int verbosity;
static atomic_flag dying = ATOMIC_FLAG_INIT; /* in a signal */

void
program_init(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	name = slash ? slash + 1 : argv0;
}

const char *
program_name(void)
{
	return name;
}

void
program_set_verbosity(int level)
{
	verbosity = level;
}

int
program_verbosity(void)
{
	return verbosity;
}

bool
program_terminal(void)
{
	const char *kind = getenv("TERM");

	return isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb") != 0;
}

static bool
tells_errno(const char *format)
{
	size_t length = strlen(format);

	return length > 0 && format[length - 1] == ':';
}

/* One write per line, so that lines of a pipeline do not mix. */
static void
say(const char *format, va_list args)
{
	int saved = errno;
	size_t used;
	char line[4096];

	used = (size_t)snprintf(line, sizeof line, "%.255s: ", name);
	vsnprintf(line + used, sizeof line - used, format, args);
	used = strlen(line);
	if (tells_errno(format))
		snprintf(line + used, sizeof line - used, " %s",
		         strerror(saved));
	utf8_tame(line); /* names from outside may hold controls */
	/* on a terminal it overwrites the progress line of any program */
	fprintf(stderr, "%s%s\n", program_terminal() ? "\r\033[K" : "", line);
}

void
warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void
die(const char *format, ...)
{
	va_list args;

	/* the program that closed the pipe, such as head, meant to */
	if (tells_errno(format) && errno == EPIPE)
		exit(STATUS_FAILED);
	va_start(args, format);
	say(format, args);
	va_end(args);
	exit(STATUS_FAILED);
}

void
die_in_signal(const char *text)
{
	char line[1024];
	size_t length = strnlen(name, 255), rest = strnlen(text, 512);
	ssize_t written;

	while (atomic_flag_test_and_set(&dying))
		pause(); /* another thread prints it */
	memcpy(line, name, length);
	memcpy(line + length, ": ", 2);
	memcpy(line + length + 2, text, rest);
	line[length + 2 + rest] = '\n';
	written = write(STDERR_FILENO, line, length + rest + 3);
	(void)written; /* nothing else can be done */
	_exit(STATUS_FAILED);
}

void
die_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	fprintf(stderr, "Try '%s --help'.\n", name);
	exit(STATUS_USAGE);
}
