/*
 * trainer.h - a model, its optimiser, and one batch after another
 *
 * The result is the same, to the last bit, whatever the number of threads: see
 * student_shards.h for compact students, tuner.h for wav2vec 2.0 and its kin.
 */
#ifndef TRAINER_H
#define TRAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "train/adamw.h"
#include "train/loss_process.h"
#include "train/spec_augment.h"

enum { BATCH_MAX = 4096 };

struct trainer_options {
	int batch, accumulate;    /* utterances; batches to an update */
	struct adamw adamw;       /* rate is the peak; 0: the kind's own */
	int warmup, total;        /* updates; total 0: a constant rate */
	float clip;
	float average;            /* decay of the weights' running mean */
	float dropout, head_dropout;
	bool augment;
	struct spec_augment spec;
	bool unfreeze;            /* a network's convolutions, too */
	int precision;            /* of a network, enum precision */
	bool plain;               /* a network without dropout and masks */
	int memory;               /* MiB for what its layers keep */
	unsigned long seed;
	int threads;              /* 0: as many as there are processors */
};

#define TRAINER_OPTIONS_INIT { .memory = 2048, .batch = 32, .accumulate = 1, \
	.clip = 1, .average = .999f, .dropout = .1f, .head_dropout = .3f, \
	.adamw = { 0, .9f, .98f, 1e-8f, .05f }, .spec = SPEC_AUGMENT_INIT }

/* How far training has come; kept in the model's metadata. */
struct trainer_progress {
	size_t updates;           /* optimiser steps */
	size_t passes;            /* over the data, completed */
	size_t batches;           /* of a pass that was interrupted */
	uint64_t digest;          /* of the ids in those batches */
};

struct student_trainer;
struct encoder_trainer;
struct example;

struct trainer {
	struct model *model;
	struct trainer_options options;
	struct trainer_progress progress;
	struct trainer_progress saved; /* as in the model's file */
	float *m, *v, *average;   /* as long as the parameters; owned */
	struct student_trainer *shards;    /* of a student; owned */
	struct encoder_trainer *tuner;      /* of a network; owned */
	size_t pending;           /* batches since the last update */
	float *gradient;          /* sum over the pending batches */
	size_t pending_utterances;
	float rate, norm;         /* of the last update, for the log */
};

/* The model is borrowed; its file's optimiser state is taken up, if any. */
void trainer_init(struct trainer *t, struct model *m,
                  const struct trainer_options *options);
void trainer_release(struct trainer *t);

/*
 * Forward, the loss command, backward; an update after every `accumulate`
 * batches.  Adds to sums.  Examples that are too large to compute with, or that
 * the loss drops, are named and left out; returns how many examples it trained
 * on, which now come first.
 */
size_t trainer_batch(struct trainer *t, struct example *example, size_t count,
                     struct loss_process *loss, struct loss_sums *sums);

/*
 * A step of the optimiser by the sum of gradients, which is zero afterwards.
 * Dies where that is not finite.
 */
void trainer_update(struct trainer *t);

/* Dies where the weights, or what the optimiser keeps, are not finite. */
void trainer_check(const struct trainer *t);

/* The update that is still pending when a pass ends, if any. */
void trainer_flush(struct trainer *t);

#endif
