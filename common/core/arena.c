#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/die.h"

enum { ALIGN = 64, BLOCK_MIN = 1 << 16 };

struct arena_block {
	struct arena_block *next;
	size_t size;          /* bytes in data */
	_Alignas(64) unsigned char data[];
};

static struct arena_block *
block_new(size_t need)
{
	size_t size = need > BLOCK_MIN ? need : BLOCK_MIN;
	struct arena_block *b;

	if (size > SIZE_MAX / 2 ||
	    !(b = aligned_alloc(ALIGN, sizeof *b + size)))
		die("out of memory");
	b->next = NULL;
	b->size = size;
	return b;
}

/* Unlinks the first block with need bytes from *link on; NULL if none. */
static struct arena_block *
block_unlink(struct arena_block **link, size_t need)
{
	struct arena_block *b;

	while (*link && (*link)->size < need)
		link = &(*link)->next;
	b = *link;
	if (b)
		*link = b->next;
	return b;
}

/*
 * Makes current a block with need free bytes: any of the blocks not yet used
 * in this round, which moves up, or a new one.
 */
static void
arena_advance(struct arena *a, size_t need)
{
	struct arena_block **link = a->current ? &a->current->next : &a->first;
	struct arena_block *b = block_unlink(link, need);

	if (!b)
		b = block_new(need);
	b->next = *link;
	*link = b;
	a->current = b;
	a->used = 0;
}

void *
arena_take(struct arena *a, size_t count, size_t size)
{
	size_t need;
	void *p;

	if (size != 0 && count > SIZE_MAX / 2 / size)
		die("out of memory");
	need = (count * size + ALIGN - 1) / ALIGN * ALIGN;
	if (!a->current || a->current->size - a->used < need)
		arena_advance(a, need);
	p = a->current->data + a->used;
	a->used += need;
	return p;
}

float *
arena_floats(struct arena *a, size_t count)
{
	return arena_take(a, count, sizeof(float));
}

float *
arena_zeros(struct arena *a, size_t count)
{
	float *p = arena_floats(a, count);

	memset(p, 0, count * sizeof *p);
	return p;
}

char *
arena_copy(struct arena *a, const char *bytes, size_t length)
{
	char *p = arena_take(a, length + 1, 1);

	memcpy(p, bytes, length);
	p[length] = '\0';
	return p;
}

void
arena_clear(struct arena *a)
{
	a->current = NULL;
	a->used = 0;
}

void
arena_release(struct arena *a)
{
	while (a->first) {
		struct arena_block *next = a->first->next;

		free(a->first);
		a->first = next;
	}
	arena_clear(a);
}
