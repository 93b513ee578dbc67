/*
 * predictions.h - predict's table, read column by column name
 *
 *	id start end language speaker corpus label seen emotion confidence
 *	anger …
 *
 * Fields are separated by tabs; the first line is the heading.  id, label,
 * emotion and confidence must be there and at least one class; the classes are
 * the columns after confidence.  Others are ignored unless they were wanted.
 * An empty emotion (and confidence, and probabilities) means no answer.
 */
#ifndef PREDICTIONS_H
#define PREDICTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/texts.h"

enum prediction_column {
	COLUMN_ID, COLUMN_START, COLUMN_LABEL, COLUMN_EMOTION,
	COLUMN_LANGUAGE, COLUMN_SPEAKER, COLUMN_CORPUS, COLUMN_SEEN,
	COLUMNS_KNOWN,
	COLUMNS_MAX = 32, CLASSES_MAX = 64
};

struct predictions {
	struct texts columns;     /* the known ones, then the wanted ones */
	bool present[COLUMNS_MAX]; /* in a heading that was read */
	struct texts classes;     /* of all headings, in order */
	struct texts text;        /* the values; number 0 is "" */
	struct texts keys;        /* "id<tab>start", start in s: row's number */
	uint32_t *value;          /* [rows, columns.length], into text */
	double *confidence;       /* [rows], 0 … 1; 0 without an answer */
	bool keep;                /* probabilities; set before the first read,
	                             all tables then have the same classes */
	double *probability;      /* [rows, classes.length], or NULL */
	size_t rows, capacity;
};

void predictions_init(struct predictions *p);

/* A further column to keep; its number.  Before the first read. */
size_t predictions_want(struct predictions *p, const char *column);

/*
 * Adds the rows of in to p; file names it in messages.  May be called for
 * several files; a heading that is repeated (cat a.tsv b.tsv) is skipped.
 * Dies, naming file and line, at whatever is not a table of predictions:
 * a column missing or twice, a line with more or fewer fields, a number that
 * is none, an emotion that is no class, an id and start seen before, a last
 * line that was cut.
 */
void predictions_read(struct predictions *p, FILE *in, const char *file);

/* The text in a row's column; "" if the file had no such column. */
const char *predictions_value(const struct predictions *p, size_t row,
                              size_t column);

void predictions_release(struct predictions *p);

#endif
