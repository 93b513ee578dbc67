/*
 * batch_log.h - a JSON line for each batch of a pass
 *
 * A line has the number of updates so far, and the rate and gradient norm of
 * the update that followed the batch, or null.  Whether one follows is known
 * only when the next batch begins or the pass ends, so the line waits.
 */
#pragma once

#include <stdio.h>

#include "train/loss_process.h"
#include "train/trainer.h"

struct batch_log {
	FILE *fp;                 /* NULL: there is no log */
	const char *path;         /* borrowed */
	struct loss_sums waiting; /* without utterances: none */
};

/* Appends to path, or does nothing where it is NULL.  Dies if it cannot. */
void batch_log_open(struct batch_log *l, const char *path);

/* After a batch: its sums. */
void batch_log_note(struct batch_log *l, const struct trainer *t,
                    const struct loss_sums *sums);

/* Before the next batch, and after the last update. */
void batch_log_settle(struct batch_log *l, const struct trainer *t,
                      bool updated);
void batch_log_close(struct batch_log *l);
