/*
 * codec_json.h - values of a frame as JSON
 *
 * Nothing here checks its writes: see ferror(fp) when a line is done.
 */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "stream/codec.h"

struct arena;

/*
 * Prints any value on one line.  A tensor is nested lists where all its values
 * are wanted (SIZE_MAX), else { "shape", "min", "mean", "max", "values" } with
 * the first ones.  What JSON cannot say: NaN and infinities are null, binary
 * data { "bin": HEX }, extensions { "ext": TYPE, "bin": HEX }.
 */
void codec_json(FILE *fp, struct codec_value v, size_t values,
                struct arena *arena);

/* In quotes; bytes that are not UTF-8 become U+FFFD. */
void codec_json_text(FILE *fp, const char *text, size_t length);

/* As short as reads back the same; null where not finite. */
void codec_json_float(FILE *fp, float x);
void codec_json_double(FILE *fp, double x);

/*
 * Least, average and greatest of the finite values, and how many others there
 * are; false if none is finite.
 */
struct tensor_span { double min, mean, max; size_t odd; };
bool tensor_span_of(struct tensor_span *span, const struct tensor *t);

void codec_json_tensor(FILE *fp, const struct tensor *t, size_t values);

#endif
