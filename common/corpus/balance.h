/*
 * balance.h - weights utterances by group, so that rare groups count more
 *
 * An utterance of a group of n has the weight n^-power, scaled so that the mean
 * weight of all utterances is 1.  Power 0 weights all alike, 1 gives every
 * group the same share, and .5 is half-way on a log scale (temperature 2 of
 * multilingual training: Arivazhagan et al. 2019, section 4.3).
 */
#pragma once

#include <stddef.h>

#include "core/texts.h"
#include "stream/match.h"

struct rng;

struct balance {
	double power;             /* set by the caller */
	struct texts group;
	size_t *count;            /* utterances, by group */
	size_t capacity;
	size_t utterances;
	double scale;             /* 0: not yet computed */
};

#define BALANCE_INIT { .power = .5 }

/*
 * The group of an utterance: the values of its fields by, as a text such as
 * "en\tanger\t", which the caller frees.
 */
char *balance_group(struct frame *f, const struct keys *by);

/* Counts f in its group and returns its number; marks fields of by as seen. */
size_t balance_count(struct balance *b, struct frame *f, struct keys *by);

/* Dies where no utterance that was counted has a field of by. */
void balance_check(const struct balance *b, const struct keys *by);

/* Counts an utterance of a group; returns the number of the group. */
size_t balance_add(struct balance *b, const char *group);

/* The weight of an utterance of a group; 1 where the group is unknown. */
double balance_weight(struct balance *b, const char *group);
double balance_weight_at(struct balance *b, size_t group);

void balance_release(struct balance *b);

/*
 * Systematic resampling (Kitagawa 1996): draws [n] sum to total, and each is
 * the floor or the ceiling of total * weight / sum of weights.  Weights are
 * positive; NULL weights all alike.  Which of the two it is depends on the
 * order of the utterances and one number of r, so shuffle them first.
 */
void balance_draw(size_t *draws, size_t total, const double *weight, size_t n,
                  struct rng *r);
