/*
 * progress.h - print the progress of a program: done, rate, time left
 *
 * On a terminal it is one line, rewritten from the second second on.  With -v
 * and no terminal it is a line every five seconds and one at the end.  With -q
 * there is none.
 *
 * The programs of a pipeline share one terminal: only the last prints, unless
 * the others have -v, which makes them print lines.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct progress {
	const char *unit;         /* "utterances"; borrowed */
	size_t total;             /* 0: not known */
	size_t done;
	double part;              /* of the work, 0 to 1, where total is not
	                             known; 0: not known either */
	struct timespec begun, shown;
	int mode;                 /* 0 none, 1 terminal, 2 lines */
	bool visible;             /* a line was printed */
};

void progress_begin(struct progress *p, const char *unit, size_t total);
void progress_add(struct progress *p, size_t n);
void progress_again(struct progress *p); /* from 0, for another pass */
void progress_end(struct progress *p);

/*
 * Call it before a line is printed to standard output: on a terminal the line
 * then overwrites the progress line.
 */
void progress_clear(void);
