/*
 * writer.h - write frames to a stream, and decide the exit status
 *
 * A writer that is joined to a reader repeats the runs of its input: it adds
 * this program's command line to the history of each header and the counts to
 * each end frame.  Otherwise the caller begins and ends runs.  Every frame is
 * flushed, for live input.  A write that fails dies.
 */
#pragma once

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
	bool fewer;               /* utterances are written than read */
	size_t utterances;        /* written in this run */
	size_t dropped;           /* dropped by this program in this run */
	size_t utterances_total, dropped_total;
};

/*
 * Adds argv to the history of every run.  Runs are those of in, which may be
 * NULL; to begin and end them by hand, set in->mirror to NULL.
 */
void writer_open(struct writer *w, FILE *fp, const char *name,
                 struct reader *in, int argc, char *argv[]);

/*
 * Writes an utterance: all fields of f, in order.  Drops it if it exceeds the
 * limits of frame_scan.h.
 */
void writer_put(struct writer *w, struct frame *f);

/* Writes an utterance frame from its bytes. */
void writer_put_bytes(struct writer *w, const uint8_t *bytes, size_t size);

/* Warns that an utterance is dropped, and counts it. */
void writer_drop(struct writer *w, const char *id, const char *why);

/* Ends, flushes, closes.  Returns the exit status: 1 if any was dropped. */
int writer_close(struct writer *w);

/*
 * Called by a joined reader, or by a caller that makes the runs.  writer_close
 * also ends a run.
 */
void writer_begin(struct writer *w, struct frame *header); /* or NULL */
void writer_end(struct writer *w, double dropped_before);
