/*
 * shuffle.h - selects, draws and orders the utterances of files
 *
 * The same files, options and seed give the same list on every machine.
 */
#pragma once

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
	const char *by;           /* field that decides the part */
	double low, high;         /* the part, within 0 … 1; both 0: all */
	struct keys *balance_by;  /* fields; none: no balance */
	bool keep_order;

	struct index index;
	struct balance balance;
	size_t *group;            /* of each place, with balance_by */
	size_t group_capacity;
};

enum { SHUFFLE_PARTS_MAX = 9 };

/*
 * Selects a part, counted from 1, of sizes such as "3:1".  Returns the number
 * of parts, or 0 unless sizes are 2 to 9 positive numbers.
 */
size_t shuffle_split(struct shuffle *s, const char *sizes, size_t part);

/* Adds a file to the index.  Dies where an utterance lacks the field by. */
void shuffle_open(struct shuffle *s, const char *path);

/*
 * Returns *length places to read, in order, which the caller frees: count of
 * them, or as many as there are (count 0), each once unless balanced.
 */
size_t *shuffle_list(struct shuffle *s, size_t count, size_t *length);

void shuffle_release(struct shuffle *s);
