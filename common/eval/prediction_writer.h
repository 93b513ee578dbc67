/*
 * prediction_writer.h - print predictions as TSV or JSON Lines
 *
 * One line an utterance: id start end language speaker corpus label seen, the
 * fields to keep, emotion confidence, then a probability for each class.  seen
 * is printed only for a model with a record of its training data.  Control
 * characters become spaces in TSV and are escaped in JSON.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "stream/match.h"

struct prediction_writer {
	FILE *fp;
	const char *name;         /* for messages */
	bool json, seen;
	struct keys *keep;        /* further fields; or NULL */
	const char *const *classes;
	size_t count;
	bool regression;          /* the classes are dimensions */
	size_t lines;             /* so far */
};

/*
 * Begins a table on fp; TSV gets its heading.  keep may be NULL.  Returns NULL,
 * or a name in keep that cannot be a further column; then nothing is written.
 */
const char *
prediction_writer_open(struct prediction_writer *r, FILE *fp, const char *name,
                       bool json, bool seen, struct keys *keep,
                       const char *const *classes, size_t count);

/* probability [count], or values of dimensions.  The line is flushed. */
void prediction_writer_put(struct prediction_writer *r, struct frame *f,
                           const float *probability);

void prediction_writer_close(struct prediction_writer *r);
