/*
 * progress.h - how far, how fast, how long still
 *
 * On a terminal a line that is rewritten, from the second second on; with -v
 * where there is none, a line every five seconds and one at the end.  Never
 * with -q.
 *
 * The programs of a pipeline share one terminal, so a program whose standard
 * output is a pipe leaves it to those after it; with -v it prints lines.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct progress {
	const char *unit;         /* "utterances"; borrowed */
	size_t total;             /* 0: not known */
	size_t done;
	double part;              /* of the work, 0 to 1, where total does not
	                             tell; 0: not known */
	struct timespec begun, shown;
	int mode;                 /* 0 silent, 1 terminal, 2 lines */
	bool visible;             /* there has been a line */
};

void progress_begin(struct progress *p, const char *unit, size_t total);
void progress_add(struct progress *p, size_t n);
void progress_again(struct progress *p); /* from 0, for another pass */
void progress_end(struct progress *p);

/*
 * To be called before a line goes to standard output: where both are the
 * terminal, it takes the place of the progress line, which moves below.
 */
void progress_clear(void);

#endif
