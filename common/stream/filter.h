/*
 * filter.h - the main loop of a filter: read, change, write utterances
 *
 *	filter_open(&s, "-", argc, argv);
 *	while (filter_next(&s))
 *		filter_put(&s, change(&s.frame));
 *	return filter_close(&s);
 */
#pragma once

#include <stdbool.h>

#include "stream/reader.h"
#include "stream/writer.h"

struct filter {
	struct reader in;
	struct writer out;        /* standard output, joined to in */
	struct frame frame;       /* the current utterance */
};

/*
 * Reads a file, where "-" is standard input, and writes to standard output.
 * Exits 2 if one of them is a terminal.  Adds argv to the history.
 */
void filter_open(struct filter *s, const char *path, int argc, char *argv[]);

/* The next utterance, in s->frame; false at the end of the stream. */
bool filter_next(struct filter *s);

/* Writes the utterance, or drops it where why is not NULL. */
void filter_put(struct filter *s, const char *why);

/* Returns the exit status: 1 if any utterance was dropped. */
int filter_close(struct filter *s);
