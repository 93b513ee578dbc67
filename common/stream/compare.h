/*
 * compare.h - are two frames equal, within a tolerance?
 *
 * Numbers a and b are equal where |a - b| <= tolerance * (1 + max(|a|, |b|)),
 * which is absolute for small ones and relative for great ones; NaN equals
 * NaN, and an infinity itself.  Tensors must have the same shape, texts the
 * same characters; anything else the same bytes.  The order of fields does
 * not matter.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/texts.h"
#include "stream/frame.h"
#include "stream/match.h"

struct compare {
	double tolerance;
	struct keys *keys;        /* only these; NULL is all */
	bool quiet;               /* say nothing */
	size_t lines, lines_max;  /* said, and to be said at most */
	size_t differences;

	/* by number of field: seen in how many frames, greatest difference */
	struct texts field;
	struct field_difference {
		size_t frames;
		double most;
	} *seen;
	size_t capacity;
};

/* Prints each difference, up to lines_max, on standard output. */
void compare_frames(struct compare *c, struct frame *a, struct frame *b);

/* Counts a difference and prints it as one line. */
void compare_say(struct compare *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints what each field differs by at most. */
void compare_print(const struct compare *c);

void compare_release(struct compare *c);

#endif
