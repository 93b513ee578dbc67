/*
 * predictions.h - predict's tables, read column by column
 *
 *	id start end language speaker corpus label seen emotion confidence
 *	anger …
 *
 * The first line is the heading; tabs separate fields.  Columns id, label,
 * emotion and confidence are required, and after confidence at least one more:
 * each column after confidence is a class.  Other columns are ignored unless
 * predictions_want asked for them.  A row without an emotion (or confidence,
 * or probabilities) is one that the model could not answer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	bool keep;                /* keep probabilities: all tables must have
	                             the same classes; set before reading */
	double *probability;      /* [rows, classes.length], or NULL */
	size_t rows, capacity;
};

void predictions_init(struct predictions *p);

/* The number of a further column to keep; call it before reading. */
size_t predictions_want(struct predictions *p, const char *column);

/*
 * Adds the rows of a file to p; "-" is standard input.  Dies, naming file and
 * line, at what is not a table of predictions: a column that is missing or
 * named twice, a line with more or fewer fields, text in place of a number, an
 * emotion that is not a class, a second row of an id and start, a last line
 * that was cut.
 */
void predictions_read(struct predictions *p, const char *file);

/*
 * Reads every file of a list that ends in NULL, or standard input where it is
 * empty.  Returns the name of the first for messages.
 */
const char *predictions_read_all(struct predictions *p, char *const file[]);

/* The text in a row's column; "" if the file had no such column. */
const char *predictions_value(const struct predictions *p, size_t row,
                              size_t column);

void predictions_release(struct predictions *p);
