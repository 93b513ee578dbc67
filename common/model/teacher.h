/*
 * teacher.h - a model whose logits are added to utterances under a name
 */
#pragma once

#include "model/model.h"
#include "weights/lineage.h"

enum teacher_field {
	TEACHER_LOGITS, TEACHER_CLASSES, TEACHER_LANGUAGE, TEACHER_EMBEDDING,
	TEACHER_SEEN, TEACHER_MODEL, TEACHER_SPEAKERS, TEACHER_FIELDS
};

struct teacher {
	struct model model;
	struct lineage lineage;
	char *path;               /* after the "=" */
	char *language;           /* or NULL */
	char *field[TEACHER_FIELDS]; /* their names in a frame */
	char *digest;             /* of its weights */
	bool replace_warned;      /* of another teacher's logits */
};

/*
 * From "NAME[:LANGUAGE]=MODEL"; the language is the name where none is given.
 * Returns NULL, or the reason why the text is wrong or the name is taken by one
 * of the others (the caller frees it).
 */
char *teacher_parse(struct teacher *t, const char *text,
                    const struct teacher *others, size_t count);

/* Dies if the model cannot be used. */
void teacher_open(struct teacher *t, const struct model_options *options);
void teacher_release(struct teacher *t);

/* Adds to a header the speakers that it was trained on. */
void teacher_header(const struct teacher *t, struct frame *header);

/*
 * Adds its fields to f, and its embedding if that is wanted.  Returns NULL, or
 * the reason why the utterance cannot be used.  Clears the arena.
 */
const char *teacher_add(struct teacher *t, struct frame *f, bool embed,
                        struct arena *arena);
