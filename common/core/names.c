#include <stdlib.h>
#include <string.h>

#include "core/names.h"
#include "core/xalloc.h"

static size_t
place(const struct names *n, const char *name, bool *found)
{
	size_t low = 0, high = n->count;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, n->name[middle]);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void
names_add(struct names *n, const char *name)
{
	bool found;
	size_t at = place(n, name, &found);

	if (found)
		return;
	if (n->count == n->capacity) {
		n->capacity = 2 * n->capacity + 16;
		n->name = xrealloc(n->name, n->capacity, sizeof *n->name);
	}
	memmove(n->name + at + 1, n->name + at,
	        (n->count - at) * sizeof *n->name);
	n->name[at] = xstrdup(name);
	n->count++;
}

size_t
names_place(const struct names *n, const char *name)
{
	bool found;

	return place(n, name, &found);
}

bool
names_have(const struct names *n, const char *name)
{
	bool found;

	place(n, name, &found);
	return found;
}

char *
names_join(const struct names *n)
{
	size_t size = 1, used = 0;
	char *text;

	for (size_t i = 0; i < n->count; i++)
		size += strlen(n->name[i]) + 1;
	text = xcalloc(size, 1);
	for (size_t i = 0; i < n->count; i++) {
		size_t length = strlen(n->name[i]);

		memcpy(text + used, n->name[i], length);
		used += length;
		if (i + 1 < n->count)
			text[used++] = '\n';
	}
	return text;
}

void
names_split(struct names *n, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		char *name = xcalloc(length + 1, 1);

		memcpy(name, text, length);
		if (length > 0)
			names_add(n, name);
		free(name);
		text += length + (text[length] == '\n');
	}
}

void
names_release(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->name[i]);
	free(n->name);
	*n = (struct names)NAMES_INIT;
}
