/*
 * lineage.h - which speakers, corpora and utterances a model was trained on
 *
 * It is kept in the metadata of the model's file (tunne-model(5)).  How well a
 * model recognises a speaker it was trained on does not show how well it
 * recognises others.
 */
#pragma once

#include "core/names.h"
#include "core/texts.h"
#include "weights/safetensors.h"
#include "weights/digest.h"

struct frame;

struct lineage {
	const char *model;        /* its name, for messages; borrowed */
	bool features;            /* it reads features, not audio */
	char *history;            /* command lines, one a line; owned */
	struct names speakers, corpora, languages;
	/*
	 * Speakers by corpus, "corpus<tab>speaker", since the "01" of two
	 * corpora are two people; "corpus<tab><tab>id" for an utterance
	 * without a speaker.  Those of the teachers are kept apart.
	 */
	struct names corpus_speakers, teacher_speakers;
	struct seen_ids utterances;
	/*
	 * How all features of the training were normalised, as in cmvn(1):
	 * "speaker", "none", or "mixed"; "" where it is not known.  Owned.
	 */
	char *cmvn;
	bool untrained;           /* on anything yet */
	bool cmvn_warned;         /* of features normalised otherwise */
};

/*
 * From the metadata of the model's file; empty for an untrained one.  Where
 * the file is from before speakers were kept by corpus, the model may have
 * been trained on each of its speakers in each of its corpora.
 */
void lineage_init(struct lineage *l, const char *model,
                  const struct safetensors *file, bool features);
void lineage_release(struct lineage *l);

/* As metadata: LINEAGE_TEXTS texts; the caller frees their values. */
enum { LINEAGE_TEXTS = 8 };
void lineage_texts(struct safetensors_text *text, const struct lineage *l);

/* Adds the lineage of another model, from its file. */
void lineage_join(struct lineage *l, const struct safetensors *file);

/* Adds a command, in one line, unless the history has it. */
void lineage_command(struct lineage *l, const char *command);

/*
 * Adds an utterance that the model is trained on.  Warns once where its
 * features are normalised differently from those before.
 */
void lineage_utterance(struct lineage *l, struct frame *f);

/* Adds the speakers that a teacher was trained on, as lineage_speakers. */
void lineage_teacher(struct lineage *l, const struct texts *speakers);

/* Speakers of the model and its teachers, a line each; the caller frees. */
char *lineage_speakers(const struct lineage *l);

/*
 * "speaker" if the model was trained on the frame's speaker; "utterance" if on
 * an utterance with this id, and that one or this frame has no speaker;
 * "teacher" if either is true of a teacher; else NULL.  A missing corpus
 * matches every corpus.
 */
const char *lineage_seen(const struct lineage *l, struct frame *f);

/*
 * Sets the field to what lineage_seen returns, or removes it.  Warns once where
 * the frame's features are normalised differently from those of the training.
 */
void lineage_mark(struct lineage *l, struct frame *f, const char *field);
