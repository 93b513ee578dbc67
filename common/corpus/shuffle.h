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
#include "stream/match.h"

struct shuffle {
	/* set by the caller */
	uint64_t seed;
	struct where *where;
	const char *by;           /* field whose value decides the part */
	double low, high;         /* of 0 … 1, the part taken; 0 and 0: all */
	struct keys *balance_by;  /* fields; none is no balance */
	bool keep_order;

	struct index index;
	struct balance balance;
	size_t *group;            /* by place; where balance_by */
	size_t group_capacity;
};

enum { SHUFFLE_PARTS_MAX = 9 };

/*
 * Takes that part of sizes such as "3:1", from 1 on, if there is one.  Returns
 * how many parts there are; 0 unless 2 to 9 positive numbers.
 */
size_t shuffle_split(struct shuffle *s, const char *sizes, size_t part);

/* Takes a file into the index.  Dies when an utterance has no shuffle.by. */
void shuffle_open(struct shuffle *s, const char *path);

/*
 * Places to read, in order, for free(): count of them, or each place once
 * where count is 0 and nothing is balanced.  *length is how many.
 */
size_t *shuffle_list(struct shuffle *s, size_t count, size_t *length);

void shuffle_release(struct shuffle *s);

#endif
