/*
 * Tiles of AMX: 16 rows of 64 bytes, a product of two of which adds 16 by 16
 * sums of 64 products each.  Four tiles of sums at once, so that each tile
 * loaded is used twice.
 */
#define _DEFAULT_SOURCE /* syscall */
#include "gemm/int8_unit.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)

#include "gemm/amx_tiles.h"

#define TARGET __attribute__((target("amx-tile,amx-int8")))

enum { AMX_INT8 = 25 };       /* of cpuid, see amx_present */

static bool
present(void)
{
	return amx_present(AMX_INT8);
}

/* Tiles 0 to 3 are sums, 4 and 5 of the rows, 6 and 7 of the panel. */
TARGET static void
block(int32_t *sums, const uint8_t *q, size_t ldq, const int8_t *panel,
      size_t rows, size_t steps)
{
	(void)rows;
	amx_settle(q);
	_tile_zero(0);
	_tile_zero(1);
	_tile_zero(2);
	_tile_zero(3);
	for (size_t i = 0; i < steps; i++) {
		_tile_loadd(6, panel, AMX_ROW_BYTES);
		_tile_loadd(7, panel + INT8_TILE_LENGTH, AMX_ROW_BYTES);
		_tile_loadd(4, q, ldq);
		_tile_dpbusd(0, 4, 6);
		_tile_dpbusd(1, 4, 7);
		_tile_loadd(5, q + INT8_TILE * ldq, ldq);
		_tile_dpbusd(2, 5, 6);
		_tile_dpbusd(3, 5, 7);
		q += INT8_STEP;
		panel += INT8_STEP_LENGTH;
	}
	_tile_stored(0, sums, 2 * AMX_ROW_BYTES);
	_tile_stored(1, sums + INT8_TILE, 2 * AMX_ROW_BYTES);
	sums += INT8_TILE * INT8_BLOCK;
	_tile_stored(2, sums, 2 * AMX_ROW_BYTES);
	_tile_stored(3, sums + INT8_TILE, 2 * AMX_ROW_BYTES);
	amx_settle(sums);
}

const struct int8_unit int8_amx = {
	.name = "amx", .present = present, .begin = amx_begin, .end = amx_end,
	.block = block
};

#else

static bool
absent(void)
{
	return false;
}

const struct int8_unit int8_amx = { .name = "amx", .present = absent };

#endif
