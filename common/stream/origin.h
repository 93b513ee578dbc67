/*
 * origin.h - what the headers of streams say of where they come from
 *
 * The command lines that made them, and whose voices a model was trained
 * with that has spoken of their utterances: of a teacher the field
 * "teacher.NAME.voices", of a model without a name "voices", a line a voice.
 */
#ifndef ORIGIN_H
#define ORIGIN_H

#include "core/texts.h"
#include "stream/frame.h"

struct origin {
	struct texts history;     /* each command line once */
	struct texts field;       /* names of the fields of voices */
	struct texts *voices;     /* [field.length], each voice once; owned */
};

#define ORIGIN_INIT { .voices = NULL }

void origin_release(struct origin *o);

/* Adds what a header says. */
void origin_take(struct origin *o, struct frame *header);

/* Adds to a header what it does not say already. */
void origin_put(const struct origin *o, struct frame *header);

/* Takes voices out of a header that follows one in which they are told. */
void origin_told(struct frame *header);

/* The voices that a teacher has heard, by its NAME; NULL where none is said. */
const struct texts *origin_voices(const struct origin *o, const char *teacher);

#endif
