/*
 * heard.h - which utterances a model was trained with, as digests of their ids
 *
 * Ten hexadecimal digits each: of a million strangers about one is taken for
 * one of a million that were heard.
 */
#ifndef HEARD_H
#define HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_LINE = 11 };     /* bytes of a digest and its line's end */

struct heard {
	uint64_t *digest;         /* owned */
	size_t count, capacity;
	size_t sorted;            /* so many, from a text; then new ones */
};

#define HEARD_INIT { .digest = NULL }

void heard_add(struct heard *h, const char *id);
bool heard_has(const struct heard *h, const char *id);

/* To and from one text, a digest a line; it is the caller's to free. */
char *heard_join(const struct heard *h);
void heard_split(struct heard *h, const char *text);

void heard_release(struct heard *h);

#endif
