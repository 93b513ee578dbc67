/*
 * names.h - texts numbered in the order they first appear
 *
 * Number n is name[n], stored once.  The texts belong to the struct and live
 * until names_release.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"

#define NAMES_NONE SIZE_MAX

struct names {
	const char **name;        /* [length] */
	size_t length;
	size_t capacity;
	uint32_t *slot;           /* hash table of number + 1; 0: free */
	size_t slots;             /* a power of two, or 0 */
	struct arena text;
};

#define NAMES_INIT { .name = NULL }

/* The number of text, which is added (a copy) if it is new. */
size_t names_add(struct names *n, const char *text);

/* The number of text, or NAMES_NONE. */
size_t names_find(const struct names *n, const char *text);

/* "a,b,c" for messages: at most count of them, then "…"; free() it. */
char *names_join(const struct names *n, size_t count);

/* Adds each part of "a,b,c"; empty parts are left out. */
void names_split(struct names *n, const char *list);

void names_release(struct names *n);

#endif
