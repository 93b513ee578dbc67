/*
 * reader.h - read the utterances of a stream
 *
 * A stream is one or more runs of header, utterances, end.  The reader checks
 * versions and counts, and dies when the input ends without its end frame.  So
 * a failed program upstream or a cut file is an error, with or without
 * pipefail.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "core/progress.h"
#include "stream/frame.h"

struct writer;

struct reader {
	FILE *fp;
	const char *name;         /* for messages */
	struct writer *mirror;    /* repeats each header and end; or NULL */
	struct frame header;      /* of the current run */
	bool inside;              /* a run */
	size_t runs;              /* headers seen */
	size_t utterances;        /* in this run so far */
	size_t utterances_total;
	double dropped;           /* by the last end frame */
	off_t start;              /* offset of the stream in the file */
	off_t at;                 /* offset of the last frame */
	size_t size;              /* its bytes */
	off_t skim;               /* see reader_skim */
	off_t length;             /* of a file, bytes; 0: not known */
	struct progress progress;
	struct texts had;         /* by earlier utterances; see frame_wired */
};

/* Borrows fp; name, such as "<stdin>", is for messages. */
void reader_open(struct reader *r, FILE *fp, const char *name);

/*
 * If path is "-" and standard input a pipe, reads and discards all of it, so
 * that the program that writes it does not fail.
 */
void reader_drain(const char *path);

/*
 * Opens a file; "-" is standard input.  If it cannot, reader_open_path dies and
 * reader_try_path warns and returns false.
 */
void reader_open_path(struct reader *r, const char *path);
bool reader_try_path(struct reader *r, const char *path);

/*
 * Shows progress from here on, with the time left if the length of the file or
 * the number of utterances expected is known.
 */
void reader_show_progress(struct reader *r);

/*
 * The next utterance, through all runs; false at the end of the stream.
 * The frame's contents live until the next call.
 */
bool reader_next(struct reader *r, struct frame *f);

/*
 * The next utterance of the current run (of the next one, if between runs);
 * false at the run's end frame.  reader_more returns whether there is more.
 */
bool reader_next_in_run(struct reader *r, struct frame *f);
bool reader_more(struct reader *r);

/* Goes back to the beginning of the stream; dies when it is a pipe. */
void reader_rewind(struct reader *r);

/*
 * Reads quickly from the beginning, by skipping long binary values (16 KiB and
 * more) of utterances: these fields are empty.  Call it before anything is
 * read. Dies when the input is a pipe.
 */
void reader_skim(struct reader *r);

/*
 * The whole frame at an offset that a first pass found, or its bytes.  Reading
 * cannot continue from there.
 */
void reader_fetch(struct reader *r, struct frame *f, off_t at);
void reader_bytes(struct reader *r, uint8_t *bytes, off_t at, size_t size);

void reader_close(struct reader *r);
