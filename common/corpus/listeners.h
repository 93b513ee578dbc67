/*
 * listeners.h - the votes of listeners as a teacher's logits
 *
 * With n_k votes for class k of K, n in all, and X votes added to each class,
 * the logit of class k is log((n_k + X) / (n + K X)).  Their softmax is the
 * probability that one more listener votes for each class, by a symmetric
 * Dirichlet prior of parameter X.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "stream/frame_scan.h"

struct frame;
struct manifest;

enum { LISTENERS_CLASSES_MAX = FRAME_FIELDS_MAX / 2 }; /* as columns */

struct listeners {
	const char *name;         /* NAME in teacher.NAME.logits */
	const char *language;     /* NULL: unknown */
	const char *class[LISTENERS_CLASSES_MAX]; /* columns; borrowed */
	size_t classes;           /* K; 0: see listeners_classes */
	bool guessed;             /* classes are the columns of the table */
	float smoothing;          /* X > 0 */
};

/*
 * Checks that the table has a column for each class, and dies where one is
 * missing.  Where no class is given, all columns but those that
 * tunne-manifest(5) describes become classes.
 */
void listeners_classes(struct listeners *l, const struct manifest *m);

/* A class for which the row at hand has no number of votes, or NULL. */
const char *listeners_column_bad(const struct listeners *l,
                                 const struct manifest *m);

/*
 * Adds the votes of the row at hand to f: teacher.NAME.logits [K], .classes
 * and, where it is known, .language.  Returns NULL, or in f's arena the reason
 * why the row cannot be used.
 */
const char *listeners_add(const struct listeners *l, const struct manifest *m,
                          struct frame *f);
