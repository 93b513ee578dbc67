/*
 * confusion.h - counts of truth against answer, and gaps of confidence
 *
 * Sums of these over rows are all that the metrics need, so that a resample
 * is an addition.
 */
#ifndef CONFUSION_H
#define CONFUSION_H

#include "eval/row_outcomes.h"

enum { CONFIDENCE_BINS = 15 };

struct confusion {
	size_t classes;           /* K */
	/*
	 * [K, K+2] truth by answer; column K: a class that is not scored,
	 * column K+1: no answer.
	 */
	double *count;
	/*
	 * Sum of confidence - correct (0 or 1) over the rows whose confidence
	 * is in ((b, b+1] / 15); rows without an answer are in none.
	 */
	double gap[CONFIDENCE_BINS];
};

void confusion_init(struct confusion *c, size_t classes); /* all zero */
void confusion_clear(struct confusion *c);
void confusion_add(struct confusion *c, const struct outcome *o);
void confusion_release(struct confusion *c);

/* The index in count of an outcome. */
size_t confusion_cell(size_t classes, const struct outcome *o);

/* The bin of a confidence 0 … 1; 0 itself is in the first. */
size_t confidence_bin(double confidence);

#endif
