/*
 * seen_ids.h - the utterances a model was trained with, as digests of their ids
 *
 * Ten hexadecimal digits each: of a million strangers about one is taken for
 * one of a million that were heard.
 */
#ifndef SEEN_IDS_H
#define SEEN_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEEN_IDS_LINE = 11 };     /* bytes of a digest and its line's end */

struct seen_ids {
	uint64_t *digest;         /* owned */
	size_t count, capacity;
	size_t sorted;            /* so many, from a text; then new ones */
};

#define SEEN_IDS_INIT { .digest = NULL }

void seen_ids_add(struct seen_ids *h, const char *id);
bool seen_ids_has(const struct seen_ids *h, const char *id);

/* To and from one text, a digest a line; it is the caller's to free. */
char *seen_ids_join(const struct seen_ids *h);
void seen_ids_split(struct seen_ids *h, const char *text);

void seen_ids_release(struct seen_ids *h);

#endif
