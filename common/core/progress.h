/*
 * progress.h - how far, how fast, how long still
 *
 * A line on standard error that is rewritten at most five times a second, and
 * only when standard error is a terminal or -v was given (then one line every
 * five seconds).  Never with -q.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stddef.h>
#include <time.h>

struct progress {
	const char *unit;         /* "utterances"; borrowed */
	size_t total;             /* 0: not known */
	size_t done;
	struct timespec begun, shown;
	int mode;                 /* 0 silent, 1 terminal, 2 lines */
};

void progress_begin(struct progress *p, const char *unit, size_t total);
void progress_add(struct progress *p, size_t n);
void progress_end(struct progress *p);

#endif
