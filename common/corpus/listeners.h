/*
 * listeners.h - what listeners voted, as what a teacher would have said
 *
 * Of K classes with n_k votes, n in all, and X votes added to each, the logit
 * is log((n_k + X) / (n + K X)): the softmax of the logits is the share that
 * one more listener is expected to give each class, by a Dirichlet prior of X.
 */
#ifndef LISTENERS_H
#define LISTENERS_H

#include <stdbool.h>
#include <stddef.h>

#include "stream/frame_scan.h"

struct frame;
struct manifest;

enum { LISTENERS_CLASSES_MAX = FRAME_FIELDS_MAX / 2 }; /* as columns */

struct listeners {
	const char *name;         /* NAME in teacher.NAME.logits */
	const char *language;     /* NULL: not told */
	const char *class[LISTENERS_CLASSES_MAX]; /* columns; borrowed */
	size_t classes;           /* K; 0: see listeners_choose */
	bool guessed;             /* so it was, of the columns there are */
	float smoothing;          /* X, over 0 */
};

/*
 * Dies where the table lacks a class.  Where none are given, they become all
 * columns but those that tunne-manifest(5) describes.
 */
void listeners_choose(struct listeners *l, const struct manifest *m);

/* A column of a class in which the row at hand has no number; or NULL. */
const char *listeners_odd(const struct listeners *l, const struct manifest *m);

/*
 * Adds to f what the row at hand says: teacher.NAME.logits [K], .classes and,
 * where it is told, .language.  NULL, or why not, in f's arena.
 */
const char *listeners_ask(const struct listeners *l, const struct manifest *m,
                          struct frame *f);

#endif
