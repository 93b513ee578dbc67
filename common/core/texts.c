#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/texts.h"
#include "core/xalloc.h"

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
slot_find(const struct texts *n, const char *text)
{
	size_t s = text_hash(text) & (n->slots - 1);

	while (n->slot[s] && strcmp(n->text[n->slot[s] - 1], text) != 0)
		s = (s + 1) & (n->slots - 1);
	return s;
}

static void
texts_grow(struct texts *n)
{
	n->capacity = n->capacity ? 2 * n->capacity : 16;
	if (n->capacity >= UINT32_MAX / 2)
		die("more than %zu different values", n->length);
	n->text = xrealloc(n->text, n->capacity, sizeof *n->text);

	free(n->slot);
	n->slots = 2 * n->capacity;
	n->slot = xcalloc(n->slots, sizeof *n->slot);
	for (size_t i = 0; i < n->length; i++)
		n->slot[slot_find(n, n->text[i])] = (uint32_t)(i + 1);
}

size_t
texts_add(struct texts *n, const char *text)
{
	size_t s;

	if (n->length == n->capacity)
		texts_grow(n);
	s = slot_find(n, text);
	if (!n->slot[s]) {
		n->text[n->length++] = arena_copy(&n->arena, text,
		                                  strlen(text));
		n->slot[s] = (uint32_t)n->length;
	}
	return n->slot[s] - 1;
}

size_t
texts_find(const struct texts *n, const char *text)
{
	uint32_t found = n->slots ? n->slot[slot_find(n, text)] : 0;

	return found ? found - 1 : TEXTS_NONE;
}

bool
text_listed(const char *text, const char *const *list, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (strcmp(text, list[i]) == 0)
			return true;
	return false;
}

static void
parts_add(struct texts *n, const char *text, const char *between)
{
	while (*text) {
		size_t length = strcspn(text, between);
		char *part = xasprintf("%.*s", (int)length, text);

		if (length > 0)
			texts_add(n, part);
		free(part);
		text += length;
		text += *text != '\0';
	}
}

void
texts_split(struct texts *n, const char *list)
{
	parts_add(n, list, ",");
}

void
texts_split_lines(struct texts *n, const char *lines)
{
	parts_add(n, lines, "\n");
}

char *
text_choices(const char *(*name)(size_t i))
{
	char *all = xstrdup(name(0));

	for (size_t i = 1; name(i); i++) {
		char *longer = xasprintf("%s%s%s", all,
		                         name(i + 1) ? ", " : " or ", name(i));

		free(all);
		all = longer;
	}
	return all;
}

void
texts_release(struct texts *n)
{
	free(n->text);
	free(n->slot);
	arena_release(&n->arena);
	*n = (struct texts)TEXTS_INIT;
}
