/*
 * cmvn.h - mean and variance normalisation of features
 *
 *	x = (x - mean) / deviation, column by column
 *
 * (Kaldi's compute-cmvn-stats and apply-cmvn.)  With pitch, the statistics of
 * log F0 are weighted by voicing squared: F0 between voiced stretches is a
 * guess, and where nothing at all is voiced it becomes 0.  A deviation under
 * 1e-3 counts as 1e-3.
 */
#ifndef CMVN_H
#define CMVN_H

#include <stdbool.h>
#include <stddef.h>

#include "feat/features.h"

struct cmvn {
	size_t width;
	double *weight, *sum, *square; /* per column; one allocation */
	size_t utterances;        /* added so far */
};

void cmvn_init(struct cmvn *c, size_t width);
void cmvn_release(struct cmvn *c);

/* Takes note of x [T,width].  type may be NULL: all columns alike. */
void cmvn_add(struct cmvn *c, const float *x, size_t T,
              const struct features_type *type);

/* Normalises x [T,width] in place; means_only leaves the scale. */
void cmvn_apply(const struct cmvn *c, float *x, size_t T, bool means_only);

#endif
