/*
 * stream.h - bytes of streams in memory, and deaths watched, for the tests
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct bytes {
	char *data;
	size_t size;
};

/* A whole file; free(b.data). */
static inline struct bytes
bytes_load(const char *path)
{
	FILE *fp = fopen(path, "rb");
	struct bytes b = { calloc(1 << 20, 1), 0 };

	if (!fp || !b.data)
		abort();
	b.size = fread(b.data, 1, 1 << 20, fp);
	fclose(fp);
	return b;
}

/* Bytes as a file to read; unlike fmemopen's it may be empty. */
static inline FILE *
bytes_open(const char *data, size_t size)
{
	FILE *fp = tmpfile();

	if (!fp || fwrite(data, 1, size, fp) != size || fflush(fp) != 0)
		abort();
	rewind(fp);
	return fp;
}

/*
 * Calls body in a child whose standard error goes to said, size bytes.
 * Returns its exit status, or -1 when a signal ended it.
 */
static inline int
status_of(void (*body)(void *), void *argument, char *said, size_t size)
{
	FILE *err = tmpfile();
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		if (dup2(fileno(err), STDERR_FILENO) < 0)
			_exit(99);
		body(argument);
		_exit(0); /* no leak check, no second flush */
	}
	if (!err || child < 0 || waitpid(child, &status, 0) != child)
		abort();
	rewind(err);
	size = fread(said, 1, size - 1, err);
	said[size] = '\0';
	fclose(err);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* One line, and it holds text. */
static inline bool
says_once(const char *said, const char *text)
{
	const char *newline = strchr(said, '\n');

	return newline && !newline[1] && strstr(said, text);
}
