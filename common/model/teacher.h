/*
 * teacher.h - a model that is asked for its opinion of utterances
 */
#ifndef TEACHER_H
#define TEACHER_H

#include "model/lineage.h"

struct teacher {
	struct model model;
	struct lineage lineage;
	char *path;               /* behind the "=" */
	char *language;           /* or NULL */
	/* names of its fields */
	char *logits, *classes, *spoken, *embedding, *seen;
	char *weights, *voices;
	char *digest;             /* of its weights */
	bool told;                /* that another had its name */
};

/*
 * From "NAME[:LANGUAGE]=MODEL"; the language is the name where none is given.
 * A usage error when it reads otherwise or one of the others has the name.
 */
void teacher_name(struct teacher *t, const char *text,
                  const struct teacher *others, size_t count);

/* Dies if the model cannot be used.  Audio is heard up to so many seconds. */
void teacher_open(struct teacher *t, float seconds,
                  enum precision precision);
void teacher_release(struct teacher *t);

/* Says in a header whose voices it has heard. */
void teacher_tell(const struct teacher *t, struct frame *header);

/*
 * Adds its fields to f, with its embedding if that is wanted.  NULL, or why
 * the utterance is of no use to it.  Clears the arena.
 */
const char *teacher_ask(struct teacher *t, struct frame *f,
                        bool embed, struct arena *arena);

#endif
