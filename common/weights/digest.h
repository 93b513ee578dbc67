/*
 * digest.h - digests that identify weights, texts and utterances
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "weights/safetensors.h"

enum { DIGEST_LENGTH = 39 };  /* of digest_of's text */

/*
 * "xxh128:" and 32 hexadecimal digits, as xxh128sum(1) prints them for the
 * file, or for all its parts in a row.  The caller frees it.
 */
char *digest_of(const struct safetensors *s);

/* 32 hexadecimal digits of any text; the caller frees them. */
char *digest_of_text(const char *text);

/*
 * The ids of utterances that a model was trained on.  A digest has ten
 * hexadecimal digits: with a million ids in the set, one in a million others is
 * taken for one of them.
 */
enum { SEEN_IDS_LINE = 11 };  /* a digest and the end of its line */

struct seen_ids {
	uint64_t *digest;         /* owned */
	size_t count, capacity;
	size_t sorted;            /* these came from a text; new ones follow */
};

#define SEEN_IDS_INIT { .digest = NULL }

void seen_ids_add(struct seen_ids *s, const char *id);
bool seen_ids_has(const struct seen_ids *s, const char *id);

/* To and from a text with a digest a line; the caller frees it. */
char *seen_ids_join(const struct seen_ids *s);
void seen_ids_split(struct seen_ids *s, const char *text);

void seen_ids_release(struct seen_ids *s);
