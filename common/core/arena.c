#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/die.h"
#include "core/xalloc.h"

enum { ALIGN = 64, BLOCK_MIN = 1 << 12 };

struct arena_block {
	struct arena_block *next;             /* the one before it in time */
	size_t size;                          /* bytes in data */
	_Alignas(64) unsigned char data[];
};

/* Memory for a block; huge pages for a large one, if possible. */
static struct arena_block *
block_new(size_t size)
{
	size_t align = size < XALLOC_HUGE ? ALIGN : XALLOC_HUGE;
	size_t bytes = sizeof(struct arena_block) + size + align - 1;
	struct arena_block *b = aligned_alloc(align, bytes / align * align);

	if (!b)
		die("out of memory");
	xalloc_huge(b, bytes / align * align);
	return b;
}

/* Adds a block in front, for need bytes and as large as all before. */
static void
block_add(struct arena *a, size_t need)
{
	size_t size = need > BLOCK_MIN ? need : BLOCK_MIN;
	struct arena_block *b;

	if (size < a->reserve)
		size = a->reserve;
	if (size < a->taken)
		size = a->taken;
	b = block_new(size);
	b->next = a->first;
	b->size = size;
	a->first = b;
	a->used = 0;
	a->reserve = 0;
}

void *
arena_take(struct arena *a, size_t count, size_t size)
{
	size_t need;
	void *p;

	if (size != 0 && count > SIZE_MAX / 4 / size)
		die("out of memory");
	need = (count * size + ALIGN - 1) / ALIGN * ALIGN;
	if (!a->first || a->first->size - a->used < need)
		block_add(a, need);
	p = a->first->data + a->used;
	a->used += need;
	a->taken += need;
	return p;
}

float *
arena_floats(struct arena *a, size_t count)
{
	return arena_take(a, count, sizeof(float));
}

uint16_t *
arena_halves(struct arena *a, size_t count)
{
	return arena_take(a, count, sizeof(uint16_t));
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

	if (length > 0) /* bytes may be NULL then */
		memcpy(p, bytes, length);
	p[length] = '\0';
	return p;
}

struct arena *
arena_second(struct arena *a)
{
	if (!a->second)
		a->second = xcalloc(1, sizeof *a->second);
	return a->second;
}

void
arena_expect(struct arena *a, size_t size)
{
	if (!a->first && a->reserve < size)
		a->reserve = size;
}

static void
blocks_free(struct arena *a)
{
	while (a->first) {
		struct arena_block *next = a->first->next;

		free(a->first);
		a->first = next;
	}
}

char *
arena_join(struct arena *a, const char *before, const char *name,
           const char *after)
{
	size_t size = strlen(before) + strlen(name) + strlen(after) + 1;
	char *text = arena_take(a, size, 1);

	snprintf(text, size, "%s%s%s", before, name, after);
	return text;
}

/* Several blocks are freed; the next one will be as large as all of them. */
void
arena_clear(struct arena *a)
{
	size_t taken = a->taken;

	if (a->first && a->first->next) {
		blocks_free(a);
		a->reserve = taken;
	}
	a->used = a->taken = 0;
}

void
arena_release(struct arena *a)
{
	blocks_free(a);
	if (a->second)
		arena_release(a->second);
	free(a->second);
	*a = (struct arena)ARENA_INIT;
}
