/*
 * names.h - sorted set of names, such as the speakers of a data set
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct names {
	char **name;              /* sorted, each once; owned */
	size_t count, capacity;
};

#define NAMES_INIT { .name = NULL }

void names_add(struct names *n, const char *name); /* copies */
bool names_have(const struct names *n, const char *name);

/* The index of name, or where it would be inserted. */
size_t names_place(const struct names *n, const char *name);

/* To and from a text, one name a line; the caller frees it. */
char *names_join(const struct names *n);
void names_split(struct names *n, const char *text);

void names_release(struct names *n);
