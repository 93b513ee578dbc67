/*
 * loss_process.h - the loss of a batch, computed by a child process
 *
 * The loss is a filter: any command that reads a run of utterance frames with
 * label, logits, teacher.* and, for a compact student, embedding, and writes a
 * run with loss, dlogits and perhaps dembedding added.  A run is a batch.  Loss
 * and gradients are the utterance's own; those of the batch are their means.
 *
 * Answers are matched to utterances by id, so they may come in any order;
 * utterances with the same id are answered in the order in which they were
 * sent.  The command may drop utterances that it cannot use, such as unlabelled
 * ones, if the end frame of its run counts them as dropped; its exit status may
 * then be 1, as of any filter that drops something.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/texts.h"
#include "stream/reader.h"
#include "stream/writer.h"

struct loss_process {
	const char *command;      /* borrowed */
	pid_t child;              /* 0 before the first batch */
	int to;                   /* its standard input */
	char *name;               /* for messages; owned */
	struct reader from;
	struct writer writer;
	size_t dropped;           /* by the command, in all batches */
	struct texts teachers;    /* with a weight over 0, or without any */
};

struct loss_sums {
	double loss, kd;          /* sums over the utterances */
	double ce;                /* sum over those that have one */
	size_t utterances, with_ce;
	size_t labelled, right;   /* right: the largest logit is the label's */
};

/*
 * A copy of command, or where it is NULL the default loss: cross-entropy with
 * smoothed labels, by kd-loss.  The caller frees it.
 */
char *loss_process_command(const char *command, float smoothing);

/*
 * Starts nothing yet.  From the first batch on the command runs under sh, with
 * the directory of this program first on its PATH.
 */
void loss_process_init(struct loss_process *l, const char *command);

/* The answers to a batch; the caller provides the arrays. */
struct loss_gradient {
	float *dlogits;           /* [count,K] */
	float *dembedding;        /* [count,D] */
	bool *dropped;            /* [count] by the command: gradient 0 */
	size_t K, D;              /* D 0: no gradient by embeddings */
	bool embedded;            /* some answer had a dembedding */
};

/*
 * Sends the frames as one run and reads the answers.  Fills the gradient (0
 * without dembedding), adds to sums, and returns how many utterances were
 * answered.  Names those that the command dropped.  Dies when the command
 * fails, or answers anything else.
 */
size_t loss_process_batch(struct loss_process *l,
                          struct loss_gradient *gradient,
                          struct loss_sums *sums, struct frame **frames,
                          size_t count);

/* Ends the child; dies unless it succeeded. */
void loss_process_finish(struct loss_process *l);
