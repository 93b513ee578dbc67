/*
 * Tiles of AMX: 16 rows of 64 bytes, a product of two of which adds 16 by 16
 * sums of 32 products each.  Four tiles of sums at once, so that each tile
 * loaded is used twice.
 */
#define _DEFAULT_SOURCE /* syscall */
#include "gemm/bf16_unit.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)

#include "gemm/amx_tiles.h"

#define TARGET __attribute__((target("amx-tile,amx-bf16")))

enum { AMX_BF16 = 22 };       /* of cpuid, see amx_present */

static bool
present(void)
{
	return amx_present(AMX_BF16);
}

/* Sixteen rows: tiles 0 and 1 are sums, 4 of the strip, 6, 7 of the panel. */
TARGET static void
half_block(float *sums, const float *bias, struct bf16_strip strip,
           const uint16_t *panel, size_t steps, struct bf16_next next)
{
	size_t stride = strip.row * sizeof *strip.data;

	amx_settle(strip.data);
	_tile_loadd(0, bias, 0); /* the same in each row */
	_tile_loadd(1, bias + BF16_TILE, 0);
	for (size_t i = 0; i < steps; i++) {
		_tile_loadd(6, panel, AMX_ROW_BYTES);
		_tile_loadd(7, panel + BF16_TILE_LENGTH, AMX_ROW_BYTES);
		_tile_loadd(4, strip.data, stride);
		next.data = bf16_fetch(next.data, next.lines);
		_tile_dpbf16ps(0, 4, 6);
		_tile_dpbf16ps(1, 4, 7);
		strip.data += strip.step;
		panel += BF16_STEP_LENGTH;
	}
	_tile_stored(0, sums, 2 * AMX_ROW_BYTES);
	_tile_stored(1, sums + BF16_TILE, 2 * AMX_ROW_BYTES);
	amx_settle(sums);
}

/* As many again: tiles 2 and 3 are their sums, 5 is of the strip. */
TARGET static void
whole_block(float *sums, const float *bias, struct bf16_strip strip,
            const uint16_t *panel, size_t steps, struct bf16_next next)
{
	const uint16_t *upper = strip.data;
	const uint16_t *lower = upper + BF16_TILE * strip.row;
	size_t stride = strip.row * sizeof *upper;

	amx_settle(upper);
	_tile_loadd(0, bias, 0);
	_tile_loadd(1, bias + BF16_TILE, 0);
	_tile_loadd(2, bias, 0);
	_tile_loadd(3, bias + BF16_TILE, 0);
	for (size_t i = 0; i < steps; i++) {
		_tile_loadd(6, panel, AMX_ROW_BYTES);
		_tile_loadd(7, panel + BF16_TILE_LENGTH, AMX_ROW_BYTES);
		_tile_loadd(4, upper, stride);
		next.data = bf16_fetch(next.data, next.lines);
		_tile_dpbf16ps(0, 4, 6);
		_tile_dpbf16ps(1, 4, 7);
		_tile_loadd(5, lower, stride);
		_tile_dpbf16ps(2, 5, 6);
		_tile_dpbf16ps(3, 5, 7);
		upper += strip.step;
		lower += strip.step;
		panel += BF16_STEP_LENGTH;
	}
	_tile_stored(0, sums, 2 * AMX_ROW_BYTES);
	_tile_stored(1, sums + BF16_TILE, 2 * AMX_ROW_BYTES);
	sums += BF16_TILE * BF16_BLOCK;
	_tile_stored(2, sums, 2 * AMX_ROW_BYTES);
	_tile_stored(3, sums + BF16_TILE, 2 * AMX_ROW_BYTES);
	amx_settle(sums);
}

static void
block(float *sums, const float *bias, struct bf16_strip strip,
      const uint16_t *panel, size_t rows, size_t steps,
      struct bf16_next next)
{
	if (rows > BF16_TILE)
		whole_block(sums, bias, strip, panel, steps, next);
	else
		half_block(sums, bias, strip, panel, steps, next);
}

const struct bf16_unit bf16_amx = {
	.name = "amx", .present = present, .fast = present,
	.begin = amx_begin, .end = amx_end, .block = block
};

#else

static bool
absent(void)
{
	return false;
}

const struct bf16_unit bf16_amx = { .name = "amx", .present = absent };

#endif
