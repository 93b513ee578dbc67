/*
 * lineage.h - what a model has been trained with; kept as metadata
 *
 * Whoever was heard in training tells nothing of how well strangers are
 * recognised.
 */
#ifndef LINEAGE_H
#define LINEAGE_H

#include "core/names.h"
#include "core/texts.h"
#include "model/model.h"
#include "weights/seen_ids.h"

struct lineage {
	char *history;            /* command lines, one a line; owned */
	struct names speakers, corpora, languages;
	/*
	 * "corpus<tab>speaker": the "01" of two corpora are two people; of
	 * an utterance without a speaker "corpus<tab><tab>id".
	 */
	struct names voices;
	struct names taught;      /* voices that its teachers had heard */
	struct seen_ids utterances;
	/*
	 * What all features that it heard were normalised by, as in cmvn(1):
	 * "speaker", "none", or "mixed"; "" where nobody knows.  Owned.
	 */
	char *cmvn;
	bool fresh;               /* it has heard nothing yet */
	bool told;                /* that others are now */
	bool silent;              /* looked for members who are, and told */
};

/*
 * From the metadata of a model; empty for a fresh one.  One of before there
 * were voices may have heard each of its speakers in each of its corpora.
 */
void lineage_init(struct lineage *l, const struct model *m);
void lineage_release(struct lineage *l);

/* As metadata: LINEAGE_TEXTS texts, whose values are to be released. */
enum { LINEAGE_TEXTS = 8 };
void lineage_texts(struct safetensors_text *text, const struct lineage *l);
void lineage_texts_release(struct safetensors_text *text);

/* Adds that of another model. */
void lineage_join(struct lineage *l, const struct model *m);

/* Adds a command, in one line, unless it is there already. */
void lineage_command(struct lineage *l, const char *command);

/*
 * Notes whose voice it was, which utterance, and how it was normalised; where
 * otherwise than what m was trained with so far, says so as lineage_mark does.
 */
void lineage_utterance(struct lineage *l, struct frame *f,
                       const struct model *m);

/* Notes the voices that a teacher has heard. */
void lineage_teacher(struct lineage *l, const struct texts *voices);

/* Voices heard by the model or its teachers, a line each; the caller frees. */
char *lineage_voices(const struct lineage *l);

/*
 * "speaker" if the model has heard the speaker, "utterance" if it has heard
 * one by this id and one of the two is without a speaker, "teacher" if a
 * teacher of its has heard the speaker, or one by this id without a speaker;
 * else NULL.  Where one of the two says no corpus, any may be meant.
 */
const char *lineage_seen(const struct lineage *l, struct frame *f);

/*
 * The field says so; there is none if it has not.  Where m reads features that
 * are normalised otherwise than all it was trained with, that is said on
 * standard error, once.
 */
void lineage_mark(struct lineage *l, struct frame *f, const char *field,
                  const struct model *m);

#endif
