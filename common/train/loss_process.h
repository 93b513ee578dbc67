/*
 * loss_process.h - the loss as a child process
 *
 * The loss is a filter: any command that reads a run of utterance frames with
 * label, logits, teacher.* and, of a compact student, embedding, and writes the
 * same run with loss, dlogits and perhaps dembedding added.  A run is a batch.
 * All are the utterance's own; the batch's loss and gradient are their means.
 */
#ifndef LOSS_PROCESS_H
#define LOSS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/texts.h"
#include "stream/reader.h"
#include "stream/writer.h"

struct loss_process {
	const char *command;      /* borrowed */
	bool labels;              /* it learns from them alone */
	pid_t child;              /* 0: not yet */
	int to;                   /* its standard input */
	char *name;               /* for messages; owned */
	struct reader from;
	struct writer writer;
	struct texts teachers;    /* whose weight was not 0, or not said */
};

struct loss_sums {
	double loss, kd;          /* sums over the utterances */
	double ce;                /* over those that have one */
	size_t utterances, with_ce;
	size_t labelled, right;   /* right: the largest logit is the label's */
};

/*
 * The command given, or plain cross-entropy with smoothed labels where it is
 * NULL; a usage error where both are given.  The caller frees it.
 */
char *loss_process_command(const char *command, float smoothing);

/*
 * The command runs under sh, our own directory first on its PATH, from the
 * first batch on.
 */
void loss_process_init(struct loss_process *l, const char *command);

/* What the command says of a batch; room that the caller has. */
struct loss_gradient {
	float *dlogits;           /* [count,K] */
	float *dembedding;        /* [count,D] */
	size_t K, D;              /* D 0: embeddings take no gradient */
	bool embedded;            /* whether any dembedding came back */
};

/*
 * Sends the frames as one run and reads it back: the gradient is filled (of
 * utterances without dembedding with 0), sums added to.  Dies when the
 * command fails, drops an utterance, or returns something else than it should.
 */
void loss_process_batch(struct loss_process *l, struct loss_gradient *gradient,
                        struct loss_sums *sums, struct frame **frames,
                        size_t count);

/* Ends the child; dies unless it exits with 0. */
void loss_process_finish(struct loss_process *l);

#endif
