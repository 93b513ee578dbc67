/*
 * clock FILE COMMAND... - run a command, and append a line to FILE: seconds it
 * took, seconds of processor, and the most memory it held, in KiB
 *
 * It is there because time(1) counts in hundredths of a second.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

int
main(int argc, char *argv[])
{
	struct timespec begun, ended;
	struct rusage use;
	int status = 1;
	pid_t child;
	FILE *out;

	if (argc < 3)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &begun);
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &use) != child)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &ended);
	out = fopen(argv[1], "a");
	if (!out)
		return 1;
	fprintf(out, "%.6f %.6f %ld\n",
	        (double)(ended.tv_sec - begun.tv_sec) +
	        1e-9 * (double)(ended.tv_nsec - begun.tv_nsec),
	        seconds(use.ru_utime) + seconds(use.ru_stime), use.ru_maxrss);
	if (fclose(out) != 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
