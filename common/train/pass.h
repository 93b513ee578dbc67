/*
 * pass.h - trains a model by one pass over a stream of utterances (an epoch)
 */
#pragma once

#include "corpus/balance.h"
#include "stream/reader.h"
#include "train/checkpoint.h"

struct pass_options {
	const char *out;          /* the checkpoint to replace */
	int checkpoint;           /* batches between checkpoints; 0: none */
	const char *log;          /* JSON Lines, a line a batch; or NULL */
	const char *balance;      /* "FIELD,...": groups that weight the loss,
	                             or NULL */
};

/*
 * Trains on all utterances of in, waits for the loss command to succeed, then
 * writes the checkpoint.  Batches that an interrupted pass has done are
 * skipped, after checking that they are the same utterances.  Returns how
 * many utterances were skipped as unusable; each was named.
 */
size_t pass_run(struct trainer *t, struct reader *in,
                struct loss_process *loss, struct lineage *lineage,
                const struct pass_options *options);
