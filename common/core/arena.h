/*
 * arena.h - memory that is freed all at once
 *
 * Pieces never move, so a pointer is valid until arena_clear or arena_release.
 * arena_clear keeps the memory, in one block, for the next round: after a few
 * rounds nothing is allocated any more.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
	struct arena_block *first; /* the newest; pieces are taken from it */
	size_t used;               /* bytes taken from it */
	size_t taken;              /* bytes of all blocks, since the clear */
	size_t reserve;            /* smallest size of the next block */
	struct arena *second;      /* owned; or NULL */
};

#define ARENA_INIT { .first = NULL }

/* 64-byte aligned, not zeroed; dies when out of memory. */
void *arena_take(struct arena *a, size_t count, size_t size);
float *arena_floats(struct arena *a, size_t count);
uint16_t *arena_halves(struct arena *a, size_t count);
float *arena_zeros(struct arena *a, size_t count);
char *arena_copy(struct arena *a, const char *bytes, size_t length); /* + NUL */
/* The three texts as one. */
char *arena_join(struct arena *a, const char *before, const char *name,
                 const char *after);

/* Announces the bytes that will be taken, so that one block holds them. */
void arena_expect(struct arena *a, size_t size);

/* A second arena, cleared independently of a and released with it. */
struct arena *arena_second(struct arena *a);

void arena_clear(struct arena *a);
void arena_release(struct arena *a);
