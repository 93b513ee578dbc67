/*
 * index.h - the positions of the utterances in files of frames
 *
 * The index takes 24 bytes an utterance and holds neither ids nor contents.  It
 * is made without reading long tensors.  The files stay open until
 * index_release.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "stream/frame.h"
#include "stream/provenance.h"
#include "stream/reader.h"

struct place {
	off_t at;
	size_t size;              /* bytes */
	size_t file;
};

struct index {
	struct reader *reader;    /* one a file */
	size_t files;
	struct place *place;
	size_t places, capacity;
	struct provenance provenance; /* of all runs */
	double dropped;           /* sum over all end frames */
	uint8_t *bytes;           /* of the frame that index_read gave */
	size_t bytes_capacity;
	struct frame frame;       /* of index_next */
};

#define INDEX_INIT { .reader = NULL }

void index_release(struct index *x);

/* Opens a file for index_next.  Dies when it is a pipe. */
void index_open(struct index *x, const char *path);

/*
 * The next utterance of the file opened last, without its long binary fields;
 * NULL at its end.  index_add appends its place.
 */
struct frame *index_next(struct index *x);
void index_add(struct index *x);

/* A frame of the index: its bytes, until the next call, or decoded. */
const uint8_t *index_read(struct index *x, const struct place *place);
void index_fetch(struct index *x, const struct place *place, struct frame *f);
