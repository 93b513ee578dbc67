/*
 * outcomes.h - rows of predictions as truth against answer
 *
 * The classes are those of the headings, then labels that are none of them
 * (their rows can only be wrong), or just those of a list.  Rows without a
 * label are not scored.
 */
#ifndef OUTCOMES_H
#define OUTCOMES_H

#include "eval/predictions.h"

struct outcome {
	size_t row;               /* of the predictions */
	uint16_t truth;           /* 0 … classes-1 */
	uint16_t answer;          /* the same, or classes: one outside the
	                             list, or classes + 1: none */
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
 * list is "anger,neutral", or NULL for all.  Warns once for every label that
 * is no class; dies if the list names what is neither class nor label.
 */
void outcomes_make(struct outcomes *o, const struct predictions *p,
                   const char *list);

/*
 * The outcomes of another program for the very rows of o, in o's order: its
 * answers, o's truths.  name and other_name are for messages.  Dies, naming
 * some, if an id and start is in one of the two and not in the other, or if
 * their labels differ.
 */
void outcomes_pair(struct outcomes *paired, const struct outcomes *o,
                   const struct predictions *p, const char *name,
                   const struct predictions *other, const char *other_name);

void outcomes_release(struct outcomes *o);

#endif
