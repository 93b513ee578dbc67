/*
 * texts.h - a set of texts, numbered in order of appearance
 *
 * Text number n is text[n], stored once.  The texts belong to the struct and
 * are valid until texts_release.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"

#define TEXTS_NONE SIZE_MAX

struct texts {
	const char **text;        /* [length] */
	size_t length;
	size_t capacity;
	uint32_t *slot;           /* hash table of number + 1; 0: free */
	size_t slots;             /* a power of two, or 0 */
	struct arena arena;
};

#define TEXTS_INIT { .text = NULL }

/* The number of text; adds a copy if it is new. */
size_t texts_add(struct texts *n, const char *text);

/* The number of text, or TEXTS_NONE. */
size_t texts_find(const struct texts *n, const char *text);

/* Whether text is in list [length]. */
bool text_listed(const char *text, const char *const *list, size_t length);

/* Adds each part of "a,b,c", or each line; skips empty ones. */
void texts_split(struct texts *n, const char *list);
void texts_split_lines(struct texts *n, const char *lines);

/* "a, b or c" of name(0), name(1), ... up to NULL; the caller frees it. */
char *text_choices(const char *(*name)(size_t i));

void texts_release(struct texts *n);
