/*
 * tsv.h - reader of tables: tab-separated text whose first line is a heading
 *
 * Lines of a table that people write end in LF, CR LF or CR.  Empty lines are
 * skipped, and so are blanks around the names of columns.  Text is UTF-8.
 *
 * A table that a program wrote (strict) ends every line, the last one too, in
 * LF or CR LF: a table that was cut short is fatal.  Only a repetition of the
 * heading is skipped (cat a.tsv b.tsv).  Bytes that are not UTF-8 pass, and
 * each byte of a control character becomes '?'.
 *
 * Both may begin with a byte order mark.  A file that cannot be read is fatal,
 * and so is a line of over 1 MiB.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct tsv {
	FILE *in;                 /* the caller's */
	const char *file;         /* its name in messages; borrowed */
	bool strict;
	size_t line;              /* number of the line at hand, from 1 */
	size_t columns;
	const char **column;      /* [columns], names; no two are alike */
	const char **value;       /* [columns], of the line at hand */
	char *heading;            /* as written, and cut into columns */
	char *text;               /* the line at hand, cut into values */
	size_t length, capacity;  /* of text, bytes */
	char why[80];
};

/*
 * Reads the heading.  False where the file has none; dies where it is not
 * text or names a column twice.  Call tsv_close in any case.
 */
bool tsv_open(struct tsv *t, FILE *in, const char *file, bool strict);

/*
 * Reads the next line; false at the end.  *why is NULL, or what is wrong with
 * the line: it is not text, or has more or fewer fields than the heading.
 */
bool tsv_next(struct tsv *t, const char **why);

/* The number of a column, or t->columns where it is missing. */
size_t tsv_column(const struct tsv *t, const char *name);

/* A column of the line at hand; NULL where it is missing or empty. */
const char *tsv_value(const struct tsv *t, const char *column);

/* Lines below the heading, good or bad; 0 of what cannot be read twice. */
size_t tsv_count(const char *file);

/* Does not close the file. */
void tsv_close(struct tsv *t);
