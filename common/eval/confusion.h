/*
 * confusion.h - confusion matrix, and differences of confidence and accuracy
 *
 * The metrics need no more than these sums over rows, so a bootstrap resample
 * only adds.
 */
#pragma once

#include "eval/row_outcomes.h"

enum { CONFIDENCE_BINS = 15 };

struct confusion {
	size_t classes;           /* K */
	/*
	 * [K, K+2] truth by answer.  Column K is an answer that is not scored,
	 * column K+1 no answer.
	 */
	double *count;
	/*
	 * Sum of confidence - correct (0 or 1) over the rows with an answer and
	 * a confidence in (b/15, (b+1)/15].
	 */
	double gap[CONFIDENCE_BINS];
};

void confusion_init(struct confusion *c, size_t classes); /* all zero */
void confusion_clear(struct confusion *c);
void confusion_add(struct confusion *c, const struct outcome *o);
void confusion_release(struct confusion *c);

/* The index of an outcome in count. */
size_t confusion_cell(size_t classes, const struct outcome *o);

/* The bin of a confidence, 0 to 1; 0 is in the first. */
size_t confidence_bin(double confidence);
