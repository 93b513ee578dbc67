/*
 * batch_log.h - what became of each batch, as JSON Lines
 *
 * A line tells how many updates there have been; and the rate and the norm of
 * the gradient of the one that the batch led to, or null.  So the line of a
 * batch that no update followed at once waits until the next one begins, or
 * the pass ends with an update.
 */
#ifndef BATCH_LOG_H
#define BATCH_LOG_H

#include <stdio.h>

#include "train/loss_process.h"
#include "train/trainer.h"

struct batch_log {
	FILE *fp;                 /* NULL: nobody wants to know */
	const char *path;         /* borrowed */
	struct loss_sums waiting; /* of no utterances: none does */
};

/* path: to append to; or NULL.  Dies where it cannot. */
void batch_log_open(struct batch_log *l, const char *path);

/* After a batch: its sums. */
void batch_log_note(struct batch_log *l, const struct trainer *t,
                    const struct loss_sums *sums);

/* Before the next, not updated; after the last, if then it was. */
void batch_log_settle(struct batch_log *l, const struct trainer *t,
                      bool updated);
void batch_log_close(struct batch_log *l);

#endif
