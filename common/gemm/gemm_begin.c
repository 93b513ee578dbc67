/*
 * What OpenBLAS needs before its first product: memory, kernels that suit the
 * processor, one thread a call.
 */
#define _GNU_SOURCE /* CPU_COUNT */
#include <cblas.h>
#include <omp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gemm/gemm.h"

/* The sanitizers would have to be loaded before us; they need far more. */
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)

#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes: of a buffer, and of the libraries that are loaded after the check. */
enum { BUFFER = 128 << 20, REST = 32 << 20 };

/* One is of the program's own, where there is but one thread. */
enum { BUFFERS_LEAST = 2 };

/* The value of NAME in the environment; NULL without one. */
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

/*
 * OpenBLAS maps BUFFER bytes when it begins, with OpenMP for each thread, and
 * where they cannot be had (ulimit -v) tries for ever.  So we try first.
 */
static void
room_check(int argc, char *argv[], char *environment[])
{
	bool each_thread = openblas_get_parallel() == OPENBLAS_OPENMP;
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

/* What is named here is called before libraries begin. */
__attribute__((section(".preinit_array"), used))
static void (*const first)(int, char *[], char *[]) = room_check;

#endif

#if defined(__x86_64__) && defined(__GNUC__)

/* Of OpenBLAS's own, in all of its builds that pick kernels as they start. */
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

/* Kernels for this processor by its features; NULL if it has none of them. */
static const char *
kernels(void)
{
	if (__builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512dq"))
		return "SkylakeX";
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return "Haswell";
	return NULL;
}

/*
 * An OpenBLAS before 0.3.25 goes by the processor's model, and takes some that
 * are newer than itself for one of 2004 (its issue 4267), whose kernels have a
 * fifth of the speed.  It picks again as it does where a user names a core.
 */
static void
kernels_pick(void)
{
	const char *name = kernels(), *variable = "OPENBLAS_CORETYPE";

	if (!name || getenv(variable) || !gotoblas_dynamic_init ||
	    !gotoblas_dynamic_quit ||
	    strcmp(openblas_get_corename(), "Prescott") != 0)
		return;
	if (setenv(variable, name, 1) != 0)
		return;
	gotoblas_dynamic_quit();
	gotoblas_dynamic_init();
	unsetenv(variable);
}

#else

static void
kernels_pick(void)
{
}

#endif

/* An OpenBLAS that was built with OpenMP would leave us one thread, too. */
void
gemm_begin(void)
{
	int threads = omp_get_max_threads();

	kernels_pick();
	openblas_set_num_threads(1);
	omp_set_num_threads(threads);
}
