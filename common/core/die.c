#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"

static const char *name = "tunne";
static int verbosity;

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

static void
say(const char *format, va_list args)
{
	int saved = errno;
	size_t length = strlen(format);

	flockfile(stderr);
	fprintf(stderr, "%s: ", name);
	vfprintf(stderr, format, args);
	if (length > 0 && format[length - 1] == ':')
		fprintf(stderr, " %s", strerror(saved));
	fputc('\n', stderr);
	funlockfile(stderr);
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

	va_start(args, format);
	say(format, args);
	va_end(args);
	exit(STATUS_FAILED);
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
