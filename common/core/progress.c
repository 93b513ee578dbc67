#include <stdio.h>
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

void
progress_begin(struct progress *p, const char *unit, size_t total)
{
	*p = (struct progress){ .unit = unit, .total = total };
	clock_gettime(CLOCK_MONOTONIC, &p->begun);
	p->shown = p->begun;
	if (program_verbosity() < 0)
		p->mode = SILENT;
	else if (isatty(STDERR_FILENO))
		p->mode = TERMINAL;
	else
		p->mode = program_verbosity() > 0 ? LINES : SILENT;
}

static void
progress_show(struct progress *p)
{
	double elapsed = seconds_since(&p->begun);
	double rate = elapsed > 0 ? (double)p->done / elapsed : 0;

	flockfile(stderr);
	fprintf(stderr, "%s%s: %zu", p->mode == TERMINAL ? "\r" : "",
	        program_name(), p->done);
	if (p->total)
		fprintf(stderr, "/%zu", p->total);
	fprintf(stderr, " %s, %.1f/s", p->unit, rate);
	if (p->total > p->done && rate > 0)
		fprintf(stderr, ", %.0f s left",
		        (double)(p->total - p->done) / rate);
	fputs(p->mode == TERMINAL ? "\033[K" : "\n", stderr);
	funlockfile(stderr);
	clock_gettime(CLOCK_MONOTONIC, &p->shown);
}

void
progress_add(struct progress *p, size_t n)
{
	p->done += n;
	if (p->mode != SILENT &&
	    seconds_since(&p->shown) > (p->mode == TERMINAL ? .2 : 5))
		progress_show(p);
}

void
progress_end(struct progress *p)
{
	if (p->mode == SILENT)
		return;
	progress_show(p);
	if (p->mode == TERMINAL)
		fputc('\n', stderr);
}
