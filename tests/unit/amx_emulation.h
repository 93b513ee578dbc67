/*
 * amx_emulation.h - the tiles of Intel's AMX on any x86-64, as its manual
 * describes LDTILECFG, TILELOADD and TILESTORED
 *
 * After it, a test defines its own product, and includes the unit's source.
 */
#pragma once

#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TILE_COUNT = 8, TILE_ROWS = 16, TILE_BYTES = 64, PAIR_BYTES = 4 };

/* A thread's; ready from the reading of sizes to the release. */
static _Thread_local struct {
	bool ready;
	uint8_t rows[TILE_COUNT];
	uint16_t bytes[TILE_COUNT];
	uint8_t data[TILE_COUNT][TILE_ROWS][TILE_BYTES];
} tiles;

static atomic_int faults;     /* where a processor would raise #GP or #UD */

static void
config_read(const void *config)
{
	const uint8_t *c = config;

	memset(&tiles, 0, sizeof tiles);
	faults += c[0] != 1;
	for (size_t i = 1; i < 16; i++)
		faults += c[i] != 0;
	for (size_t t = 0; t < 16; t++) {
		uint16_t bytes;
		uint8_t rows = c[48 + t];

		memcpy(&bytes, c + 16 + 2 * t, sizeof bytes);
		if (t >= TILE_COUNT || bytes > TILE_BYTES || rows > TILE_ROWS)
			faults += bytes > 0 || rows > 0;
		else {
			tiles.bytes[t] = bytes;
			tiles.rows[t] = rows;
		}
	}
	tiles.ready = true;
}

static void
tiles_release(void)
{
	memset(&tiles, 0, sizeof tiles);
}

static void
tile_load(size_t t, const void *base, size_t stride)
{
	faults += !tiles.ready;
	memset(tiles.data[t], 0, sizeof tiles.data[t]);
	for (size_t r = 0; r < tiles.rows[t]; r++)
		memcpy(tiles.data[t][r], (const uint8_t *)base + r * stride,
		       tiles.bytes[t]);
}

static void
tile_store(size_t t, void *base, size_t stride)
{
	faults += !tiles.ready;
	for (size_t r = 0; r < tiles.rows[t]; r++)
		memcpy((uint8_t *)base + r * stride, tiles.data[t][r],
		       tiles.bytes[t]);
}

static inline void
tile_zero(size_t t)
{
	faults += !tiles.ready;
	memset(tiles.data[t], 0, sizeof tiles.data[t]);
}

#undef _tile_loadconfig
#undef _tile_release
#undef _tile_loadd
#undef _tile_stored
#undef _tile_zero
#define _tile_loadconfig config_read
#define _tile_release tiles_release
#define _tile_loadd tile_load
#define _tile_stored tile_store
#define _tile_zero tile_zero
