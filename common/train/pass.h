/*
 * pass.h - one pass over a stream of utterances: an epoch
 */
#ifndef PASS_H
#define PASS_H

#include "corpus/balance.h"
#include "stream/reader.h"
#include "train/checkpoint.h"

struct pass_options {
	const char *out;          /* the checkpoint to replace */
	int checkpoint;           /* every so many batches too; 0: not */
	const char *log;          /* JSON Lines, a line a batch; or NULL */
	const char *balance;      /* fields whose groups weight the loss, with
	                             commas between them; or NULL */
};

/*
 * Trains on all utterances of in, ends the loss, then writes the checkpoint:
 * a loss command that fails at the last leaves no model.  What an
 * interrupted pass had done is passed over, after checking that the stream
 * begins with the same utterances.  Returns how many utterances had to be left
 * out; each was named.
 */
size_t pass_run(struct trainer *t, struct reader *in,
                struct loss_process *loss, struct lineage *lineage,
                const struct pass_options *options);

#endif
