#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/die.h"
#include "core/progress.h"

enum { SILENT, TERMINAL, LINES };

static double
seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) +
	       (double)(now.tv_nsec - then->tv_nsec) * 1e-9;
}

/* Whether standard output is a pipe to another program. */
static bool
output_piped(void)
{
	struct stat st;

	return fstat(STDOUT_FILENO, &st) == 0 &&
	       (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

void
progress_begin(struct progress *p, const char *unit, size_t total)
{
	*p = (struct progress){ .unit = unit, .total = total };
	progress_again(p);
	if (program_verbosity() < 0)
		p->mode = SILENT;
	else if (program_terminal() && !output_piped())
		p->mode = TERMINAL;
	else
		p->mode = program_verbosity() > 0 ? LINES : SILENT;
}

void
progress_again(struct progress *p)
{
	p->done = 0;
	p->part = 0;
	clock_gettime(CLOCK_MONOTONIC, &p->begun);
	p->shown = p->begun;
}

/* ", 40 s left", in a unit that needs two or three digits. */
static void
left_print(double seconds)
{
	if (seconds < 100)
		fprintf(stderr, ", %.0f s left", seconds);
	else if (seconds < 100 * 60)
		fprintf(stderr, ", %.0f min left", seconds / 60);
	else
		fprintf(stderr, ", %.1f h left", seconds / 3600);
}

static void
progress_show(struct progress *p, bool ended)
{
	double elapsed = seconds_since(&p->begun);
	double rate = elapsed > 0 ? (double)p->done / elapsed : 0;
	double part = p->total ? (double)p->done / (double)p->total : p->part;

	flockfile(stderr);
	fprintf(stderr, "%s%s: %zu", p->mode == TERMINAL ? "\r" : "",
	        program_name(), p->done);
	if (p->total >= p->done && p->total > 0)
		fprintf(stderr, "/%zu", p->total);
	fprintf(stderr, " %s, %.*f/s", p->unit, rate < 10 ? 2 : 0, rate);
	if (part > 0 && part < 1 && !ended)
		left_print(elapsed * (1 - part) / part);
	fputs(p->mode == TERMINAL ? "\033[K" : "\n", stderr);
	funlockfile(stderr);
	clock_gettime(CLOCK_MONOTONIC, &p->shown);
	p->visible = true;
}

void
progress_add(struct progress *p, size_t n)
{
	double pause = p->mode == LINES ? 5 : p->visible ? .1 : 1;

	p->done += n;
	if (p->mode != SILENT && seconds_since(&p->shown) > pause)
		progress_show(p, false);
}

void
progress_end(struct progress *p)
{
	if (p->mode == LINES || p->visible)
		progress_show(p, true);
	if (p->mode == TERMINAL && p->visible)
		fputc('\n', stderr);
	p->mode = SILENT;
}

void
progress_clear(void)
{
	if (isatty(STDOUT_FILENO) && program_terminal())
		fputs("\r\033[K", stderr);
}
