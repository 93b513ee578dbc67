/*
 * frame.h - one message of a stream: a flat map of named values
 *
 * Values that a filter does not change are written as they were read.  Typed
 * access decodes on demand.  Results are valid until the next reader_next or
 * frame_clear on the frame; a struct tensor only until a field is added or
 * removed, but its data longer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/texts.h"
#include "stream/codec.h"
#include "stream/frame_scan.h"

struct field {
	const char *name;
	struct codec_value value; /* as on the wire; bytes NULL for a tensor
	                             that a filter has added */
	struct tensor tensor;     /* good once decoded */
	bool decoded;
};

struct frame {
	struct field *field;      /* in the order of the wire; owned */
	size_t fields, capacity;
	struct scan scan;
	struct arena arena;
	struct texts *had;        /* see frame_wired; the reader's, or NULL */
};

#define FRAME_INIT { .field = NULL }

void frame_clear(struct frame *f);
void frame_release(struct frame *f);

bool frame_has(const struct frame *f, const char *name);

/* The text of a field; NULL where it is missing or not text. */
const char *frame_text(struct frame *f, const char *name);

/* "id", or "?" for a frame without one. */
const char *frame_id(struct frame *f);

/* A number, or missing where there is none. */
double frame_number(struct frame *f, const char *name, double missing);

/* A list of texts; NULL where it is missing or something else. */
const char **frame_texts(struct frame *f, const char *name, size_t *count);

/*
 * Whether this or an earlier utterance of the stream had what the caller needs;
 * has says whether f has it.  If none had, the pipeline lacks a program; if an
 * earlier one had, only this utterance is unusable.
 */
bool frame_wired(struct frame *f, const char *what, bool has);

/*
 * A required tensor.  Dies when no utterance of the stream had it so far.  Sets
 * *why to NULL; or returns NULL and sets it to the reason why this one is
 * unusable: missing, another type, another rank, empty, not finite.
 */
const struct tensor *frame_need(struct frame *f, const char *name, int ndim,
                                const char **why);

/* The same for an optional one: if missing, NULL with *why unchanged. */
const struct tensor *frame_tensor(struct frame *f, const char *name, int ndim,
                                  const char **why);

/* Adds or replaces a tensor; the caller fills its values. */
float *frame_add1(struct frame *f, const char *name, size_t n);
float *frame_add2(struct frame *f, const char *name, size_t rows,
                  size_t columns);

void frame_set_text(struct frame *f, const char *name, const char *text);
void frame_set_texts(struct frame *f, const char *name,
                     const char *const *texts, size_t count);
void frame_set_number(struct frame *f, const char *name, double number);

/* A value as on the wire; borrowed, not copied. */
void frame_set_wire(struct frame *f, const char *name, struct codec_value v);

/* Copies a field of another frame, of any type. */
void frame_set_field(struct frame *f, const struct field *field);
void frame_remove(struct frame *f, const char *name);

/* NULL where there is none. */
struct field *frame_find(const struct frame *f, const char *name);
