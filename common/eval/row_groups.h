/*
 * groups.h - which outcomes are looked at together
 *
 * The first group is all of them; then, for each column of a list, one group
 * for each of its values.  Speakers are told apart by corpus as well where
 * that column is there: the "01" of two corpora are two people.
 */
#ifndef GROUPS_H
#define GROUPS_H

#include "eval/row_outcomes.h"

struct group {
	const char *by;           /* the column, or NULL for all; borrowed */
	char *value;              /* in that column; "" may be one */
	char *name;               /* "all", "language=en" */
	size_t *index;            /* [length], into the outcomes, rising */
	size_t length;
};

struct groups {
	struct group *group;
	size_t length;
};

/*
 * columns are numbers of columns of p; values are sorted.  A list of none
 * leaves the group of all.
 */
void groups_make(struct groups *g, const struct predictions *p,
                 const struct outcomes *o, const size_t *columns,
                 size_t count);
void groups_release(struct groups *g);

/*
 * The cluster of each outcome, by the values of column (TEXTS_NONE: every
 * outcome is its own); those whose value is empty go by recording, of which
 * they may be parts.  free() it.
 */
uint32_t *clusters_make(const struct predictions *p, const struct outcomes *o,
                        size_t column);

#endif
