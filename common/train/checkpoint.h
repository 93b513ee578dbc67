/*
 * checkpoint.h - a student in training, whole, in one file
 *
 * Weights, optimiser state, progress and history are replaced together, so
 * what is on disk can always be taken up again.
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "model/lineage.h"
#include "train/trainer.h"

/*
 * An hour's pass is not to end where it cannot be written: dies if path cannot
 * become a checkpoint of m, or the log, which may be NULL, is one of them.
 */
void checkpoint_check(const char *path, const struct model *m,
                      const char *log);

/*
 * recipe: that of recipe.h, or "" after a whole pass.  Dies, too, where path
 * was t's model and has been trained by others since.
 */
void checkpoint_write(const char *path, struct trainer *t,
                      const struct lineage *l, const char *recipe);

#endif
