/*
 * compare.h - compare two frames within a tolerance
 *
 * Numbers a and b are equal where |a - b| <= tolerance * (1 + max(|a|, |b|)),
 * which is absolute for small and relative for large numbers; NaN equals NaN,
 * and an infinity itself.  Tensors must have the same shape, texts the same
 * characters; anything else the same bytes.  The order of fields does not
 * matter.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/texts.h"
#include "stream/frame.h"
#include "stream/match.h"

struct compare {
	double tolerance;
	struct keys *keys;        /* only these; NULL is all */
	bool quiet;               /* print nothing */
	size_t lines, lines_max;  /* printed, and their limit */
	size_t differences;

	/* by field: frames that have it, largest difference */
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
void compare_add(struct compare *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints the largest difference of each field. */
void compare_print(const struct compare *c);

void compare_release(struct compare *c);
