#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "core/names.h"

/* FNV-1a, 64 bits, folded. */
static size_t
text_hash(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return (size_t)(hash ^ hash >> 32);
}

/* The slot that holds text, or the free one where it belongs. */
static size_t
slot_find(const struct names *n, const char *text)
{
	size_t s = text_hash(text) & (n->slots - 1);

	while (n->slot[s] && strcmp(n->name[n->slot[s] - 1], text) != 0)
		s = (s + 1) & (n->slots - 1);
	return s;
}

static void
names_grow(struct names *n)
{
	n->capacity = n->capacity ? 2 * n->capacity : 16;
	if (n->capacity >= UINT32_MAX / 2)
		die("more than %zu different values", n->length);
	n->name = xrealloc(n->name, n->capacity, sizeof *n->name);

	free(n->slot);
	n->slots = 2 * n->capacity;
	n->slot = xcalloc(n->slots, sizeof *n->slot);
	for (size_t i = 0; i < n->length; i++)
		n->slot[slot_find(n, n->name[i])] = (uint32_t)(i + 1);
}

size_t
names_add(struct names *n, const char *text)
{
	size_t s;

	if (n->length == n->capacity)
		names_grow(n);
	s = slot_find(n, text);
	if (!n->slot[s]) {
		n->name[n->length++] = arena_copy(&n->text, text,
		                                  strlen(text));
		n->slot[s] = (uint32_t)n->length;
	}
	return n->slot[s] - 1;
}

size_t
names_find(const struct names *n, const char *text)
{
	uint32_t found = n->slots ? n->slot[slot_find(n, text)] : 0;

	return found ? found - 1 : NAMES_NONE;
}

char *
names_join(const struct names *n, size_t count)
{
	char *joined = xstrdup("");

	for (size_t i = 0; i < n->length && i <= count; i++) {
		char *longer = xasprintf("%s%s%s", joined, i ? "," : "",
		                         i < count ? n->name[i] : "…");

		free(joined);
		joined = longer;
	}
	return joined;
}

void
names_split(struct names *n, const char *list)
{
	while (*list) {
		size_t length = strcspn(list, ",");
		char *part = xasprintf("%.*s", (int)length, list);

		if (length > 0)
			names_add(n, part);
		free(part);
		list += length;
		list += *list == ',';
	}
}

void
names_release(struct names *n)
{
	free(n->name);
	free(n->slot);
	arena_release(&n->text);
	*n = (struct names)NAMES_INIT;
}
