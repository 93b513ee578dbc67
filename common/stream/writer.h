/*
 * writer.h - frames to a stream, and the exit status of a filter
 *
 * Joined to a reader, a writer repeats the runs it reads: each header with
 * this program's command line added to the history, each end frame with the
 * counts.  Without one its runs are begun by hand.  Every frame leaves at
 * once, so live input flows.  A write that fails dies.
 */
#ifndef WRITER_H
#define WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "stream/frame.h"

struct reader;

struct writer {
	FILE *fp;
	const char *name;
	char *command;            /* this program's command line; owned */
	bool inside;              /* a run */
	struct frame header;      /* fields that each header gets; owned */
	bool buffered;            /* do not flush after each frame */
	bool fewer;               /* utterances will leave than come in */
	size_t utterances;        /* written in this run */
	size_t dropped;           /* dropped by this program in this run */
	size_t utterances_total, dropped_total;
};

/*
 * argv goes into the history of every run.  Runs begin and end as those of in;
 * to cut them by hand, clear in->mirror again, or give no in.  Dies when fp is
 * a terminal.
 */
void writer_open(struct writer *w, FILE *fp, const char *name,
                 struct reader *in, int argc, char *argv[]);

/*
 * Writes an utterance: all of f's fields, in order.  One that is over scan.h's
 * bounds is dropped.
 */
void writer_put(struct writer *w, struct frame *f);

/* Writes an utterance frame as it stood in a stream. */
void writer_put_bytes(struct writer *w, const uint8_t *bytes, size_t size);

/* Says why an utterance goes no further, and counts it. */
void writer_drop(struct writer *w, const char *id, const char *why);

/* Ends, flushes, closes.  Returns the exit status: 1 if any was dropped. */
int writer_close(struct writer *w);

/*
 * Called by a joined reader, or by who cuts a stream into runs.  The end is
 * written by writer_close too.
 */
void writer_begin(struct writer *w, struct frame *header); /* or NULL */
void writer_end(struct writer *w, double dropped_before);

#endif
