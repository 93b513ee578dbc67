/*
 * cmvn.h - normalises the mean and variance of features
 *
 *	x = (x - mean) / deviation, column by column
 *
 * (Kaldi's compute-cmvn-stats and apply-cmvn.)  With pitch, the statistics of
 * log F0 are weighted by voicing squared, because F0 is interpolated between
 * voiced stretches; where nothing is voiced, it becomes 0.  A deviation below
 * 1e-3 counts as 1e-3.
 */
#pragma once

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

/* Adds x [T,width] to the statistics; type NULL: no column is log F0. */
void cmvn_add(struct cmvn *c, const float *x, size_t T,
              const struct features_type *type);

/* Normalises x [T,width] in place; means_only keeps the variance. */
void cmvn_apply(const struct cmvn *c, float *x, size_t T, bool means_only);

/* The statistics of each speaker, corpus, …, by name. */
struct cmvn_groups {
	struct cmvn_group *group; /* sorted by name; owned */
	size_t count, capacity;
};

#define CMVN_GROUPS_INIT { .group = NULL }

/*
 * The statistics under a name, which are added where they are missing.  The
 * pointer is valid until the next call.  NULL, with a reason, where their
 * features have another width.
 */
struct cmvn *cmvn_groups_find(struct cmvn_groups *g, const char *name,
                              size_t width, const char **why);

/* Warns of groups of one utterance: its mean depends on its emotion. */
void cmvn_groups_warn(const struct cmvn_groups *g, const char *input,
                      const char *by);

void cmvn_groups_clear(struct cmvn_groups *g);
