/*
 * codec.h - encode and decode the values of a frame as MessagePack
 *
 * Tensors travel in the encoding of the Python package msgpack-numpy: a map
 * with the bin keys nd, type, kind, shape, data.  Reading takes <f4 and <f8,
 * keys of text too, and NumPy's scalars as numbers; writing gives <f4.
 *
 * The decoders take one value that frame_scan.h has found complete and within
 * bounds.  They return NULL, or the reason that it has another type; results
 * live in the arena.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;

enum { TENSOR_DIMENSIONS_MAX = 4 };

struct tensor {
	int ndim;
	size_t dim[TENSOR_DIMENSIONS_MAX];
	float *data;              /* row major */
};

struct codec_value {
	const uint8_t *bytes;
	size_t size;
};

size_t tensor_length(const struct tensor *t);

const char *codec_text(const char **text, struct codec_value v,
                       struct arena *arena);
const char *codec_texts(const char ***texts, size_t *count,
                        struct codec_value v, struct arena *arena);
const char *codec_number(double *number, struct codec_value v);
const char *codec_tensor(struct tensor *t, struct codec_value v,
                         struct arena *arena);

/* Also gives the numbers in double, without rounding; wide may be NULL. */
const char *codec_tensor_wide(struct tensor *t, double **wide,
                              struct codec_value v, struct arena *arena);

struct codec_value codec_from_text(const char *text, struct arena *arena);
struct codec_value codec_from_texts(const char *const *texts, size_t count,
                                    struct arena *arena);
struct codec_value codec_from_number(double number, struct arena *arena);

/* Straight to a file; true when all was written. */
int codec_write_map(FILE *fp, size_t entries);
int codec_write_text(FILE *fp, const char *text);
int codec_write_tensor(FILE *fp, const struct tensor *t);
