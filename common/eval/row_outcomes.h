/*
 * row_outcomes.h - the true and the predicted class of each row of a table
 *
 * The classes are those of the headings, followed by labels that are none of
 * them (their rows can only be wrong), or those of a list.  Rows without a
 * label are not scored.
 */
#pragma once

#include "eval/predictions.h"

struct outcome {
	size_t row;               /* of the predictions */
	uint16_t truth;           /* 0 … classes-1 */
	uint16_t answer;          /* the same; classes: one that is not in the
	                             list; classes + 1: none */
	double confidence;        /* 0 … 1; 0 without an answer */
};

struct outcomes {
	struct texts classes;
	struct outcome *item;     /* [length] */
	size_t length;
	size_t rows;              /* of the predictions */
	size_t labelled;          /* rows with a label */
	size_t excluded;          /* labelled, but outside the list */
	size_t unanswered;        /* items without an answer */
};

/*
 * list is "anger,neutral", or NULL for all.  Warns once of every label that is
 * no class; dies if a name in the list is neither class nor label.
 */
void outcomes_make(struct outcomes *o, const struct predictions *p,
                   const char *list);

/*
 * The outcomes of another model for the rows of o, in their order: its answers
 * and the truths of o.  name and other_name are for messages.  Dies, naming
 * some, if only one of the tables has an id and start, or if labels differ.
 */
void outcomes_pair(struct outcomes *paired, const struct outcomes *o,
                   const struct predictions *p, const char *name,
                   const struct predictions *other, const char *other_name);

void outcomes_release(struct outcomes *o);
