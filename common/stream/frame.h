/*
 * frame.h - one message of a stream: a flat map of named values
 *
 * A value that nobody touches leaves as it came, whatever it holds.  Typed
 * access decodes on demand.  Everything a frame hands out lives until the next
 * reader_next or frame_clear on it; but a struct tensor only until a field is
 * added or removed: what it points at stays.
 */
#ifndef FRAME_H
#define FRAME_H

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
 * Whether the caller, who cannot do without something, may take this frame for
 * the odd one out where it lacks it: an earlier utterance of the stream had it.
 * Otherwise the pipeline is wired wrongly.  True if f has it.
 */
bool frame_wired(struct frame *f, const char *what, bool has);

/*
 * A tensor that the caller cannot do without.  Dies when the stream had none by
 * that name so far.  Sets *why to NULL; or returns NULL and sets it to the
 * reason why this utterance's is unusable: missing, other type, other rank,
 * empty, not finite.
 */
const struct tensor *frame_need(struct frame *f, const char *name, int ndim,
                                const char **why);

/* The same, but NULL with *why untouched when the field is missing. */
const struct tensor *frame_tensor(struct frame *f, const char *name, int ndim,
                                  const char **why);

/* Adds or replaces a tensor; its values are the caller's to fill. */
float *frame_add1(struct frame *f, const char *name, size_t n);
float *frame_add2(struct frame *f, const char *name, size_t rows,
                  size_t columns);

void frame_set_text(struct frame *f, const char *name, const char *text);
void frame_set_texts(struct frame *f, const char *name,
                     const char *const *texts, size_t count);
void frame_set_number(struct frame *f, const char *name, double number);

/* A value as it stands on the wire; borrowed, not copied. */
void frame_set_wire(struct frame *f, const char *name, struct codec_value v);

/* Copies a field of another frame, whatever it holds. */
void frame_set_field(struct frame *f, const struct field *field);
void frame_remove(struct frame *f, const char *name);

/* NULL where there is none. */
struct field *frame_find(const struct frame *f, const char *name);

#endif
