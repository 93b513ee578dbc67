/*
 * balance.h - let rare groups count more: weights by group, and draws
 *
 * An utterance of a group of n has the weight n^-power, scaled so that the
 * weights of all utterances average 1.  Power 0 leaves a corpus as it is, 1
 * gives every group the same share, .5 goes half of the way on a log scale
 * (as multilingual training does: Arivazhagan et al. 2019, section 4.3, call
 * it temperature 2).
 */
#ifndef BALANCE_H
#define BALANCE_H

#include <stddef.h>

#include "core/texts.h"
#include "stream/match.h"

struct rng;

struct balance {
	double power;             /* set before a weight is asked for */
	struct texts group;
	size_t *count;            /* utterances, by group */
	size_t capacity;
	size_t utterances;
	double scale;             /* 0: not yet computed */
};

#define BALANCE_INIT { .power = .5 }

/*
 * The group of an utterance is the values of its fields by, as one text,
 * "en\tanger\t"; free() it.
 */
char *balance_group(struct frame *f, const struct keys *by);

/* Counts f in its group, whose number it gives; marks fields of by as seen. */
size_t balance_count(struct balance *b, struct frame *f, struct keys *by);

/* Dies when a field of by was in no utterance that was counted. */
void balance_check(const struct balance *b, const struct keys *by);

/* Counts an utterance of a group; the group's number. */
size_t balance_add(struct balance *b, const char *group);

/* The weight of an utterance of a group, 1 for a group never added. */
double balance_weight(struct balance *b, const char *group);
double balance_weight_at(struct balance *b, size_t group);

void balance_release(struct balance *b);

/*
 * Systematic resampling (Kitagawa 1996): draws [n] sums to total, and each is
 * the floor or the ceiling of total * weight / sum of weights.  Weights are
 * positive; NULL is all alike.  Which utterances get the odd draw depends on
 * their order and one number of r; shuffle them first.
 */
void balance_draw(size_t *draws, size_t total, const double *weight, size_t n,
                  struct rng *r);

#endif
