/*
 * shuffle.h - which utterances of some files to take, how often, in what order
 *
 * The same files, options and seed give the same list on every machine.
 */
#ifndef SHUFFLE_H
#define SHUFFLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "corpus/balance.h"
#include "stream/index.h"
#include "stream/select.h"

struct shuffle {
	/* set by the caller */
	uint64_t seed;
	struct where *where;
	const char *by;           /* field whose value decides the part */
	double share;             /* of part 1, 0 … 1 */
	int part;                 /* 1 or 2; 0 is both */
	struct keys *balance_by;  /* fields; none is no balance */
	bool keep_order;

	struct index index;
	struct balance balance;
	size_t *group;            /* by place; where balance_by */
	size_t group_capacity;
};

/* "3:1" to .75; false unless two positive numbers. */
bool shuffle_split(double *share, const char *text);

/* Takes a file into the index.  Dies when an utterance has no shuffle.by. */
void shuffle_open(struct shuffle *s, const char *path);

/*
 * Places to read, in order, for free(): count of them, or each place once
 * where count is 0 and nothing is balanced.  *length is how many.
 */
size_t *shuffle_list(struct shuffle *s, size_t count, size_t *length);

void shuffle_release(struct shuffle *s);

#endif
