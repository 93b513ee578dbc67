/*
 * leak.h - rows that a model was trained with
 *
 * predict says in the column "seen" whose speaker, or which utterance, its
 * model heard in training.  A score of these says nothing of strangers.
 */
#ifndef LEAK_H
#define LEAK_H

#include "eval/predictions.h"

/*
 * How many rows are seen that have a label, there or in truth, which is p
 * itself or the table that it is compared to.
 */
size_t leak_seen(const struct predictions *p, const struct predictions *truth);

/* Dies if there are any, naming the table and some of the speakers. */
void leak_check(const struct predictions *p, const struct predictions *truth,
                const char *name);

#endif
