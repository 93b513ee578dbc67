/*
 * trainer.h - trains a model, one batch after another, with AdamW
 *
 * The result is the same, to the last bit, whatever the number of threads.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/model_training.h"
#include "stream/frame.h"
#include "train/adamw.h"
#include "train/loss_process.h"

enum { BATCH_MAX = 4096 };

struct trainer_options {
	struct training_options training;
	int accumulate;           /* batches to an update */
	struct adamw adamw;       /* rate is the peak; 0: the kind's own */
	int warmup, total;        /* updates; total 0: a constant rate */
	float clip;
	int threads;              /* 0: as many as there are processors */
};

#define TRAINER_OPTIONS_INIT { .accumulate = 1, .clip = 1, \
	.adamw = { 0, .9f, .98f, 1e-8f, .05f }, \
	.training = { .memory = 2048, .batch = 32, .average = .999f, \
		.dropout = .1f, .head_dropout = .3f, \
		.spec = SPEC_AUGMENT_INIT } }

/* An utterance in a batch. */
struct example {
	struct frame frame;       /* everything but audio and features */
	struct model_view view;   /* what the model reads; frame's arena */
	float weight;             /* of its loss; 1 without balancing */
};

struct trainer {
	struct model *model;
	struct trainer_options options;
	struct training_progress progress;
	struct training_progress saved; /* as in the model's file */
	struct optimizer_state optimizer;
	size_t *place;            /* parameters' floats in it; owned */
	size_t state_length;      /* of each of its tensors */
	struct model_training training; /* its gradient sums pending batches */
	size_t pending;           /* batches since the last update */
	size_t pending_utterances;
	float rate, norm;         /* of the last update, for the log */
};

/*
 * The model, opened to train, is borrowed; the optimiser's state in its file
 * is resumed, if there is one.  t must not move from then on.
 */
void trainer_init(struct trainer *t, struct model *m,
                  const struct trainer_options *options);
void trainer_release(struct trainer *t);

/*
 * Forward, the loss command, backward; an update after every `accumulate`
 * batches.  Adds to sums.  Examples that are too large to compute with, or that
 * the loss drops, are named and skipped; returns how many the model was trained
 * on, which then come first.
 */
size_t trainer_batch(struct trainer *t, struct example *example, size_t count,
                     struct loss_process *loss, struct loss_sums *sums);

/*
 * A step of the optimiser along the sum of gradients, which is zero afterwards.
 * Dies where that is not finite.
 */
void trainer_update(struct trainer *t);

/* Dies where the weights or the optimiser's state are not finite. */
void trainer_check(const struct trainer *t);

/* The update that is still pending when a pass ends, if any. */
void trainer_flush(struct trainer *t);
