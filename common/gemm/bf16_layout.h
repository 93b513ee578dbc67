/*
 * bf16_layout.h - how matrices of bfloat16 are packed in memory
 *
 * A strip of packed A is 32 rows: for each 32 of K, those of all rows.  A panel
 * of packed B is 32 columns: for each 32 of K two tiles side by side, each 16
 * rows of 16 columns of pairs,
 *
 *	tile[k / 2][n] = (B[n][k], B[n][k + 1])
 *
 * This is the order that the tiles of Intel's AMX and the dot products of
 * AVX-512 read.  What lies beyond a matrix is zero.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BF16_BLOCK = 32,          /* sizes are rounded up to multiples of it */
	BF16_TILE = 16,           /* rows and columns of a tile */
	BF16_TILE_LENGTH = BF16_TILE * BF16_BLOCK, /* elements */
	BF16_STEP_LENGTH = 2 * BF16_TILE_LENGTH,
	BF16_LINE = 32            /* elements in a line of the cache */
};

static inline size_t
bf16_round_up(size_t n)
{
	return (n + BF16_BLOCK - 1) / BF16_BLOCK * BF16_BLOCK;
}

/* A matrix to pack: element (n,k) is at n * ld + k, or across, k * ld + n. */
struct bf16_source {
	const float *floats;      /* multiplied by alpha; or */
	const uint16_t *halves;   /* as they are */
	size_t ld;
	bool across;
	float alpha;
};
