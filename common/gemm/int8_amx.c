/*
 * Tiles of AMX: 16 rows of 64 bytes, a product of two of which adds 16 by 16
 * sums of 64 products each.  Four tiles of sums at once, so that each tile
 * loaded is used twice.
 */
#define _DEFAULT_SOURCE /* syscall */
#include "gemm/int8_unit.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TARGET __attribute__((target("amx-tile,amx-int8")))

/* Of Linux: leave to use tiles, which are a lot to save between threads. */
enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };

enum { PALETTE = 1, TILES = 8, ROW_BYTES = 64 };

/* Of cpuid: a leaf, and bits of its edx. */
enum { FEATURES = 7, AMX_TILE = 24, AMX_INT8 = 25 };

/* What the processor reads the sizes of tiles from. */
struct shape {
	uint8_t palette, start_row, reserved[14];
	uint16_t bytes[16];       /* of a row */
	uint8_t rows[16];
};

/* By cpuid itself: not all compilers know these features by name. */
static bool
present(void)
{
	unsigned a, b, c, d;

	return __get_cpuid_count(FEATURES, 0, &a, &b, &c, &d) &&
	       d >> AMX_TILE & d >> AMX_INT8 & 1 &&
	       syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM,
	               XFEATURE_XTILEDATA) == 0;
}

/* gcc 12 does not know that tiles read and write memory. */
static inline void
memory_settle(const void *p)
{
	__asm__ volatile ("" : : "r" (p) : "memory");
}

TARGET static void
begin(void)
{
	struct shape s = { .palette = PALETTE };

	for (size_t i = 0; i < TILES; i++) {
		s.rows[i] = INT8_TILE;
		s.bytes[i] = ROW_BYTES;
	}
	memory_settle(&s);
	_tile_loadconfig(&s);
}

TARGET static void
end(void)
{
	_tile_release();
}

/* Tiles 0 to 3 are sums, 4 and 5 of the rows, 6 and 7 of the panel. */
TARGET static void
block(int32_t *sums, const uint8_t *q, size_t ldq, const int8_t *panel,
      size_t rows, size_t steps)
{
	(void)rows;
	memory_settle(q);
	_tile_zero(0);
	_tile_zero(1);
	_tile_zero(2);
	_tile_zero(3);
	for (size_t i = 0; i < steps; i++) {
		_tile_loadd(6, panel, ROW_BYTES);
		_tile_loadd(7, panel + INT8_TILE_LENGTH, ROW_BYTES);
		_tile_loadd(4, q, ldq);
		_tile_dpbusd(0, 4, 6);
		_tile_dpbusd(1, 4, 7);
		_tile_loadd(5, q + INT8_TILE * ldq, ldq);
		_tile_dpbusd(2, 5, 6);
		_tile_dpbusd(3, 5, 7);
		q += INT8_STEP;
		panel += INT8_STEP_LENGTH;
	}
	_tile_stored(0, sums, 2 * ROW_BYTES);
	_tile_stored(1, sums + INT8_TILE, 2 * ROW_BYTES);
	sums += INT8_TILE * INT8_BLOCK;
	_tile_stored(2, sums, 2 * ROW_BYTES);
	_tile_stored(3, sums + INT8_TILE, 2 * ROW_BYTES);
	memory_settle(sums);
}

const struct int8_unit int8_amx = {
	.name = "amx", .present = present, .begin = begin, .end = end,
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
