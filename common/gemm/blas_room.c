#define _GNU_SOURCE /* CPU_COUNT */
#include "gemm/blas_room.h"

/* The sanitizers would have to be loaded before us; they want far more. */
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes: of a buffer, and of the libraries that are loaded after the check. */
enum { BUFFER = 128 << 20, REST = 32 << 20 };

/* One is of the program's own, where there is but one thread. */
enum { BUFFERS_LEAST = 2 };

/* What NAME=... says; NULL where it says nothing. */
static const char *
variable(char *environment[], const char *name)
{
	size_t length = strlen(name);

	for (; environment && *environment; environment++)
		if (strncmp(*environment, name, length) == 0 &&
		    (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

static size_t
buffers(char *environment[], bool each_thread)
{
	const char *wanted = variable(environment, "OMP_NUM_THREADS");
	long n = wanted ? strtol(wanted, NULL, 10) : 0;
	cpu_set_t set;
	size_t most = 0;

	if (each_thread && sched_getaffinity(0, sizeof set, &set) == 0)
		most = (size_t)CPU_COUNT(&set);
	if (n > 0 && (size_t)n < most)
		most = (size_t)n;
	return most > BUFFERS_LEAST ? most : BUFFERS_LEAST;
}

void
blas_room_check(int argc, char *argv[], char *environment[],
                bool each_thread)
{
	const char *name = argc > 0 ? argv[0] : "", *slash;
	size_t count = buffers(environment, each_thread);
	size_t size = count * BUFFER + REST;
	void *room = mmap(NULL, size, PROT_NONE,
	                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (room != MAP_FAILED) {
		munmap(room, size);
		return;
	}
	slash = strrchr(name, '/');
	dprintf(STDERR_FILENO, "%s: %zu MB more of address space are wanted "
	        "(ulimit -v%s)\n", slash ? slash + 1 : name, size >> 20,
	        count > BUFFERS_LEAST ? "; OMP_NUM_THREADS=1 wants less" : "");
	_exit(1);
}

#else

void
blas_room_check(int argc, char *argv[], char *environment[],
                bool each_thread)
{
	(void)argc;
	(void)argv;
	(void)environment;
	(void)each_thread;
}

#endif
