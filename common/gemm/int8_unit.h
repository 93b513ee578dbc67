/*
 * int8_unit.h - the processor's units that multiply blocks of 8-bit integers
 *
 * A panel is 32 columns of the result.  For each 64 of K it holds two tiles
 * side by side, each 16 rows of 16 columns of 4 numbers,
 *
 *	tile[k / 4][n] = (W[n][k], W[n][k + 1], W[n][k + 2], W[n][k + 3])
 *
 * which is the order that AMX's tiles and VNNI's dot products read.  What lies
 * beyond the matrix is zero.  The other side is stored by rows, a multiple of
 * 64 bytes each.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	INT8_BLOCK = 32,          /* rows and columns of a block */
	INT8_STEP = 64,           /* of K */
	INT8_TILE = 16,           /* columns of a tile */
	INT8_TILE_LENGTH = INT8_TILE * INT8_STEP, /* bytes */
	INT8_STEP_LENGTH = 2 * INT8_TILE_LENGTH
};

struct int8_unit {
	const char *name;
	bool (*present)(void);
	void (*begin)(void);      /* in each thread, before; or NULL */
	void (*end)(void);
	/*
	 * sums [32,32] = q w, over so many steps of K.  q: rows of unsigned
	 * bytes, ldq apart.  The sums of all but the first rows may be
	 * anything, but all 32 rows of q may be read.
	 */
	void (*block)(int32_t *sums, const uint8_t *q, size_t ldq,
	              const int8_t *panel, size_t rows, size_t steps);
};

extern const struct int8_unit int8_amx, int8_vnni, int8_avx2, int8_plain;

/*
 * The unit named "amx", "vnni", "avx2" or "plain", which every processor has;
 * NULL: the best of this processor.  Returns NULL where the processor lacks it.
 */
const struct int8_unit *int8_unit_find(const char *name);
