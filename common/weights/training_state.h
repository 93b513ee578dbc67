/*
 * training_state.h - what a model's file keeps of its training
 *
 * Progress is in the metadata, as decimal numbers: updates, passes, batches
 * and digest.  The optimiser's state is in the tensors optimizer.m,
 * optimizer.v and, for some kinds of model, optimizer.average, each as long
 * as the parameters.  See tunne-model(5).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weights/safetensors_write.h"

struct training_progress {
	size_t updates;           /* optimiser steps */
	size_t passes;            /* over the data, completed */
	size_t batches;           /* of a pass that was interrupted */
	uint64_t digest;          /* of the ids in those batches */
};

/* All 0 for an untrained model.  Dies, naming it, where one is no number. */
void training_progress_read(struct training_progress *p, const char *model,
                            const struct safetensors *file);

/*
 * Passes and batches alone, of the model at path, a file or a directory.
 * False where there is none that can be read.
 */
bool training_progress_find(struct training_progress *p, const char *path);

/* As metadata: TRAINING_TEXTS texts; the caller frees their values. */
enum { TRAINING_TEXTS = 4 };
void training_progress_texts(struct safetensors_text *text,
                             const struct training_progress *p);

/* The optimiser's tensors; the caller owns them. */
struct optimizer_state {
	float *m, *v;             /* means of gradients and of their squares */
	float *average;           /* running mean of the weights, or NULL */
};

/*
 * Reads them from a file; zeros, and false, where it has none.  Dies, naming
 * the model, where one is missing, does not have this length, or holds what no
 * training leaves.
 */
bool optimizer_state_read(struct optimizer_state *o, const char *model,
                          const struct safetensors *file, size_t length,
                          bool average);
void optimizer_state_release(struct optimizer_state *o);

/* As tensors to write; returns how many, OPTIMIZER_TENSORS at most. */
enum { OPTIMIZER_TENSORS = 3 };
size_t optimizer_state_sources(struct safetensors_source *source,
                               const struct optimizer_state *o, size_t length);

/* Dies where path is a file that is not a model: it must not be replaced. */
void model_file_protect(const char *path);

/*
 * The same.  Warns where a trained model would be replaced by a fresh one of
 * the same form, a directory or a file.
 */
void model_replace_warn(const char *path, bool directory);
