/*
 * names.h - a set of names, such as the speakers a model was trained on
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct names {
	char **name;              /* sorted, each once; owned */
	size_t count, capacity;
};

#define NAMES_INIT { .name = NULL }

void names_add(struct names *n, const char *name); /* copies */
bool names_have(const struct names *n, const char *name);

/* Where name is, or would go: after so many that sort before it. */
size_t names_place(const struct names *n, const char *name);

/* To and from one text, a name a line; the text is the caller's to free. */
char *names_join(const struct names *n);
void names_split(struct names *n, const char *text);

void names_release(struct names *n);

#endif
