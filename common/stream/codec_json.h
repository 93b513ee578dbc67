/*
 * codec_json.h - print the values of a frame as JSON
 *
 * The caller checks ferror(fp) after each line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "stream/codec.h"

struct arena;

/*
 * Prints any value on one line.  With values SIZE_MAX a tensor is nested lists,
 * else { "shape", "min", "mean", "max", "values" } with the first values.  NaN
 * and infinities are null, binary data { "bin": HEX }, extensions { "ext":
 * TYPE, "bin": HEX }.
 */
void codec_json(FILE *fp, struct codec_value v, size_t values,
                struct arena *arena);

/* In quotes; bytes that are not UTF-8 become U+FFFD. */
void codec_json_text(FILE *fp, const char *text, size_t length);

/* The shortest text that reads back as the same; null if not finite. */
void codec_json_float(FILE *fp, float x);

/*
 * Minimum, mean and maximum of the finite values, and the number of others;
 * false if none is finite.
 */
struct tensor_span { double min, mean, max; size_t odd; };
bool tensor_span_of(struct tensor_span *span, const struct tensor *t);
