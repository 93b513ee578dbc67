/*
 * provenance.h - how a stream was made, from the headers of its runs
 *
 * This is the history of command lines, and the speakers that the models behind
 * its fields were trained on, one a line: of a teacher in the header field
 * "teacher.NAME.voices", of any other model in "voices".
 */
#pragma once

#include "core/texts.h"
#include "stream/frame.h"

struct provenance {
	struct texts history;     /* each command line once */
	struct texts field;       /* names of the header fields of speakers */
	struct texts *speakers;   /* [field.length], each one once; owned */
};

#define PROVENANCE_INIT { .speakers = NULL }

void provenance_release(struct provenance *p);

/* Adds the fields of a header. */
void provenance_add(struct provenance *p, struct frame *header);

/* Adds to a header what it lacks. */
void provenance_put(const struct provenance *p, struct frame *header);

/* Removes the speakers from a header that repeats those of the one before. */
void provenance_drop_speakers(struct frame *header);

/* The speakers that teacher NAME was trained on; NULL where unknown. */
const struct texts *provenance_speakers(const struct provenance *p,
                                        const char *teacher);
