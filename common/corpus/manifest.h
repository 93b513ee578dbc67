/*
 * manifest.h - tables of recordings; see tunne-manifest(5)
 *
 * Tab-separated UTF-8 with a heading.  A manifest that cannot be used at all
 * is fatal; a bad line is handed out with its reason, so that the caller can
 * drop it and go on.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct manifest {
	FILE *fp;
	const char *name;         /* of the file; borrowed */
	char *folder;             /* that paths are relative to; "" or "x/" */
	char *heading;            /* the first line, cut into columns */
	char *text;               /* the line at hand, cut into values */
	size_t capacity;
	const char **column, **value; /* [columns] */
	size_t columns;
	size_t line;              /* number of the line at hand */
	char *path;               /* of the recording at hand; owned */
	double start, end;        /* s; end < 0: to the end of the file */
	bool part;                /* the line has a start or an end */
	bool ids;                 /* opened by manifest_open_ids */
};

/* name "-" is standard input, with paths relative to where we are. */
void manifest_open(struct manifest *m, const char *name);

/*
 * The same of a table that says something of recordings made known elsewhere:
 * a line has an id or a path, and path may be NULL.  A part of a recording
 * needs its id, as nobody measures here where it ends.
 */
void manifest_open_ids(struct manifest *m, const char *name);

/*
 * The next line; false at the end.  *why is NULL, or what is wrong with the
 * line.
 */
bool manifest_next(struct manifest *m, const char **why);

/* A column of the line at hand; NULL where it is missing or empty. */
const char *manifest_value(const struct manifest *m, const char *column);

/*
 * What to call the recording at hand: its id, else its path; a bad line, where
 * why is not NULL, as "train.tsv:12".  The caller frees it.
 */
char *manifest_id(const struct manifest *m, const char *why);

/* Lines of a manifest file, good or bad; 0 of what cannot be read twice. */
size_t manifest_count(const char *name);

void manifest_close(struct manifest *m);

#endif
