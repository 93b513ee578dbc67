/*
 * functionals_groups.h - functionals against those of the same speaker
 *
 * How somebody's utterances differ from one another says more than what they
 * are like: as cmvn.h, with an utterance where that has a row.
 */
#ifndef FUNCTIONALS_GROUPS_H
#define FUNCTIONALS_GROUPS_H

#include "feat/cmvn.h"

struct frame;

/* Notes the functionals of a frame that has them, under a name. */
void functionals_learn(struct cmvn_groups *g, const char *name,
                       struct frame *f);

/* Adds the field "functionals" to a frame whose features are still raw. */
void functionals_normalise(struct cmvn_groups *g, const char *name,
                           struct frame *f);

#endif
