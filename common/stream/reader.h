/*
 * reader.h - utterances from a stream, and never a short stream taken for all
 *
 * A stream is one or more runs of header, utterances, end.  The reader checks
 * versions and counts and dies when input ends without its end frame, so a
 * dead upstream or a cut file is an error here, with or without pipefail.
 */
#ifndef READER_H
#define READER_H

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
	struct writer *mirror;    /* told of each header and end; or NULL */
	struct frame header;      /* of the current run */
	bool inside;              /* a run */
	size_t runs;              /* headers seen */
	size_t utterances;        /* in this run so far */
	size_t utterances_total;
	double dropped;           /* said by the last end frame */
	off_t start;              /* where the stream began in the file */
	off_t at;                 /* where the last frame begins, bytes */
	size_t size;              /* its bytes */
	off_t skim;               /* see reader_skim */
	off_t length;             /* of a file, bytes; see reader_tell */
	struct progress progress;
	struct texts had;         /* by its utterances; see frame_wired */
};

/*
 * fp is borrowed; a name such as "<stdin>" is for messages.  Dies when it is a
 * terminal.
 */
void reader_open(struct reader *r, FILE *fp, const char *name);

/*
 * Reads what a pipe at standard input holds, path being "-", and throws it
 * away: whoever writes it is to end well.
 */
void reader_drain(const char *path);

/*
 * Opens a file, "-" being standard input.  Where it cannot, the one dies, the
 * other warns and returns false.
 */
void reader_open_path(struct reader *r, const char *path);
bool reader_try_path(struct reader *r, const char *path);

/*
 * Tells of progress from here on.  How long it takes still it knows of a file
 * by its length, and of a pipe where the header says what to expect.
 */
void reader_tell(struct reader *r);

/*
 * The next utterance, through all runs; false at the end of the stream.
 * The frame's contents live until the next call.
 */
bool reader_next(struct reader *r, struct frame *f);

/*
 * The next utterance of the current run (of the next one, if between runs);
 * false at the run's end frame.  reader_more tells whether a run follows.
 */
bool reader_next_in_run(struct reader *r, struct frame *f);
bool reader_more(struct reader *r);

/* Back to where the stream began in a file; dies when it is a pipe. */
void reader_rewind(struct reader *r);

/*
 * From the start of a file, of which nothing has been read, and quickly: long
 * binary values (16 KiB and up) are passed over, and those fields of utterances
 * hold nothing.  The file's end is checked as ever.  Dies when it is a pipe.
 */
void reader_skim(struct reader *r);

/*
 * The whole frame that begins at a place that a first pass gave, or its bytes.
 * Reading on in order from there is not possible.
 */
void reader_fetch(struct reader *r, struct frame *f, off_t at);
void reader_bytes(struct reader *r, uint8_t *bytes, off_t at, size_t size);

void reader_close(struct reader *r);

#endif
