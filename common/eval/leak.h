/*
 * leak.h - refuse to score a model on its training data
 *
 * predict marks in the column "seen" the rows that its model was trained on, or
 * on another utterance of their speaker.  Their scores say nothing about new
 * speakers.
 */
#pragma once

#include "eval/predictions.h"

/*
 * The number of rows of p that are seen and have a label in p or in truth,
 * which is p or the table it is compared to.
 */
size_t leak_seen(const struct predictions *p, const struct predictions *truth);

/* Dies if there are any; names the table and some of the speakers. */
void leak_check(const struct predictions *p, const struct predictions *truth,
                const char *name);
