/*
 * checkpoint.h - writes a model in training to its one file or directory
 *
 * Weights, optimiser state, progress and history are replaced together, so
 * what is on disk can always be resumed.
 */
#pragma once

#include "train/trainer.h"
#include "weights/lineage.h"

/* Before an hour's pass: dies if path cannot become a checkpoint of m. */
void checkpoint_check(const char *path, const struct model *m);

/*
 * recipe: the options of an unfinished pass, or "".  Also dies where path is
 * t's own model and another program has trained it since it was read.
 */
void checkpoint_write(const char *path, struct trainer *t,
                      const struct lineage *l, const char *recipe);
