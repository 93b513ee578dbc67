/*
 * manifest.h - reader of manifests, tables of recordings (tunne-manifest(5))
 *
 * A manifest that cannot be used at all is fatal.  A bad line is returned with
 * its reason, so that the caller can drop it and go on.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "core/tsv.h"

struct manifest {
	struct tsv table;
	FILE *in;
	char *folder;             /* that paths are relative to; "" or "x/" */
	bool ids;                 /* opened by manifest_open_ids */
	/* of the line at hand */
	char *path;               /* of the recording; owned */
	double start, end;        /* s; end < 0: to the end of the file */
	bool part;                /* the line has a start or an end */
};

/* name "-" is standard input, with paths relative to the current folder. */
void manifest_open(struct manifest *m, const char *name);

/*
 * Opens a table about recordings that are read elsewhere: a line has an id or
 * a path, and path may be NULL.  A part of a recording needs an id, because
 * its default id depends on where the file ends.
 */
void manifest_open_ids(struct manifest *m, const char *name);

/*
 * Reads the next line; false at the end.  *why is NULL, or what is wrong with
 * the line.
 */
bool manifest_next(struct manifest *m, const char **why);

/* A column of the line at hand; NULL where it is missing or empty. */
const char *manifest_value(const struct manifest *m, const char *column);

/*
 * The id of the recording at hand: column id, else its path; "train.tsv:12"
 * for a bad line, where why is not NULL.  The caller frees it.
 */
char *manifest_id(const struct manifest *m, const char *why);

void manifest_close(struct manifest *m);
