/*
 * row_groups.h - groups of rows that are scored together
 *
 * The first group has all rows; then each column of a list gives one group for
 * each of its values.  Speakers of different corpora are different people, even
 * if both are "01".
 */
#pragma once

#include "eval/row_outcomes.h"

struct group {
	const char *by;           /* the column, or NULL for all; borrowed */
	char *value;              /* in that column; may be "" */
	char *name;               /* "all", "language=en" */
	size_t *index;            /* [length], into the outcomes, ascending */
	size_t length;
};

struct groups {
	struct group *group;
	size_t length;
};

/* columns [count] are indices of columns of p.  Values are sorted. */
void groups_make(struct groups *g, const struct predictions *p,
                 const struct outcomes *o, const size_t *columns,
                 size_t count);
void groups_release(struct groups *g);

/*
 * The cluster of each outcome: its value in column or, where that is empty, the
 * recording that it is part of.  With TEXTS_NONE each outcome is a cluster.
 * The caller frees it.
 */
uint32_t *clusters_make(const struct predictions *p, const struct outcomes *o,
                        size_t column);
