/*
 * noises.h - recordings that noise is cut out of
 *
 * Only their names are kept; an excerpt is read when it is drawn, so there may
 * be as many as a corpus has.
 */
#ifndef NOISES_H
#define NOISES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/rng.h"

/* A file, or a part of one. */
struct recording {
	char *path;
	char *id;                 /* what wavread would call it */
	double start, end;        /* s; end < 0: to the end of the file */
};

struct noises {
	struct recording *recording; /* owned */
	size_t length;
};

void noises_add(struct noises *s, const char *path);

/* Those of a table; dies when it names none, or has a bad line. */
void noises_add_manifest(struct noises *s, const char *name);

/* Dies when one cannot be opened, or is shorter than its part. */
void noises_check(const struct noises *s);

/*
 * x [n] from a random place of a recording, its channels mixed; one that is
 * too short is repeated.  Dies when it cannot be read.
 */
void noise_recorded(float *x, size_t n, int rate, const struct recording *r,
                    struct rng *rng);

/*
 * x [n], several voices at once: excerpts of recordings that are chosen at
 * random, more than once too, each brought to an RMS of 1 before they are
 * added.  An utterance, by its id, is not among its own voices unless there
 * are no others.  False, and x is silent, when one excerpt was silent ten
 * times in a row.
 */
bool noises_babble(const struct noises *s, size_t voices, const char *id,
                   float *x, size_t n, int rate, struct rng *rng);

void noises_release(struct noises *s);

#endif
