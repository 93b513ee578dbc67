/*
 * prediction_writer.h - what a model says of an utterance, as TSV or JSON Lines
 *
 * One line an utterance: id start end language speaker corpus label seen,
 * further fields that are asked for, emotion confidence, then a probability a
 * class; seen only of a model that knows what it has heard in training.  Texts
 * have control characters replaced by spaces in TSV; in JSON they are escaped.
 */
#ifndef PREDICTION_WRITER_H
#define PREDICTION_WRITER_H

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
 * Begins a report on fp; TSV gets its heading.  keep may be NULL; it dies with
 * a usage error where one of these cannot be a column of its own.
 */
void
prediction_writer_open(struct prediction_writer *r, FILE *fp, const char *name,
                       bool json, bool seen, struct keys *keep,
                       const char *const *classes, size_t count);

/* probability [count], or values of dimensions.  The line leaves at once. */
void prediction_writer_put(struct prediction_writer *r, struct frame *f,
                           const float *probability);

void prediction_writer_close(struct prediction_writer *r);

#endif
