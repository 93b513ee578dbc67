/*
 * cmvn_groups.h - the statistics of each speaker, corpus, …, by name
 */
#ifndef CMVN_GROUPS_H
#define CMVN_GROUPS_H

#include "feat/cmvn.h"

struct cmvn_group;

struct cmvn_groups {
	struct cmvn_group *group; /* sorted by name; owned */
	size_t count, capacity;
};

#define CMVN_GROUPS_INIT { .group = NULL }

/*
 * The statistics under a name, begun if they are not there.  The pointer is
 * good until the next call.  NULL and a reason when they are of features of
 * another width.
 */
struct cmvn *cmvn_groups_find(struct cmvn_groups *g, const char *name,
                              size_t width, const char **why);

/* Warns of those with one utterance: its mean is of the emotion, too. */
void cmvn_groups_warn(const struct cmvn_groups *g, const char *input,
                      const char *by);

void cmvn_groups_clear(struct cmvn_groups *g);

#endif
