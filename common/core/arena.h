/*
 * arena.h - memory that is given back all at once
 *
 * Pieces never move, so a pointer stays good until arena_clear or
 * arena_release.  arena_clear keeps the memory for the next round, in one
 * block: after a few rounds nothing is allocated any more.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
	struct arena_block *first; /* the newest; pieces are taken from it */
	size_t used;               /* bytes of it that are taken */
	size_t taken;              /* bytes of all blocks, since the clear */
	size_t reserve;            /* the least that the next block holds */
	struct arena *second;      /* owned; or NULL */
};

#define ARENA_INIT { .first = NULL }

/* 64-byte aligned, not zeroed; dies when memory is out. */
void *arena_take(struct arena *a, size_t count, size_t size);
float *arena_floats(struct arena *a, size_t count);
uint16_t *arena_halves(struct arena *a, size_t count);
float *arena_zeros(struct arena *a, size_t count);
char *arena_copy(struct arena *a, const char *bytes, size_t length); /* + NUL */
/* before, name, after: one text */
char *arena_join(struct arena *a, const char *before, const char *name,
                 const char *after);

/* Bytes that will be taken, so that there is one block from the first. */
void arena_expect(struct arena *a, size_t size);

/*
 * Another arena, always the same, that has rounds of its own and is released
 * with a.
 */
struct arena *arena_second(struct arena *a);

void arena_clear(struct arena *a);
void arena_release(struct arena *a);

#endif
