/*
 * checkpoint.h - a student in training, whole, in one file
 *
 * Weights, optimiser state, progress and history are replaced together, so
 * what is on disk can always be taken up again.
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "corpus/names.h"
#include "train/trainer.h"

/* What the model has been trained with; kept as metadata. */
struct lineage {
	char *history;            /* command lines, one a line; owned */
	struct names speakers, corpora, languages;
};

/* From the metadata of a model; empty for a fresh one. */
void lineage_init(struct lineage *l, const struct model *m);
void lineage_release(struct lineage *l);

/* As metadata: LINEAGE_TEXTS texts, whose values are to be released. */
enum { LINEAGE_TEXTS = 4 };
void lineage_texts(struct safetensors_text *text, const struct lineage *l);
void lineage_texts_release(struct safetensors_text *text);

/* Adds that of another model. */
void lineage_join(struct lineage *l, const struct model *m);

/* Adds a command line unless it is there already. */
void lineage_command(struct lineage *l, const char *command);

/* Notes whose voice it was. */
void lineage_utterance(struct lineage *l, struct frame *f);

void checkpoint_write(const char *path, const struct trainer *t,
                      const struct lineage *l);

#endif
