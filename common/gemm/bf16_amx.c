/*
 * Tiles of AMX: 16 rows of 64 bytes, a product of two of which adds 16 by 16
 * sums of 32 products each.  Four tiles of sums at once, so that each tile
 * loaded is used twice.
 */
#define _DEFAULT_SOURCE /* syscall */
#include "gemm/bf16_unit.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TARGET __attribute__((target("amx-tile,amx-bf16")))

/* Of Linux: leave to use tiles, which are a lot to save between threads. */
enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };

enum { PALETTE = 1, TILES = 8, ROW_BYTES = 64 };

/* Of cpuid: a leaf, and bits of its edx. */
enum { FEATURES = 7, AMX_BF16 = 22, AMX_TILE = 24 };

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
	       d >> AMX_TILE & d >> AMX_BF16 & 1 &&
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
		s.rows[i] = BF16_TILE;
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

/* Sixteen rows: tiles 0 and 1 are sums, 4 of the strip, 6, 7 of the panel. */
TARGET static void
half_block(float *sums, const float *bias, struct bf16_strip strip,
           const uint16_t *panel, size_t steps, struct bf16_next next)
{
	size_t stride = strip.row * sizeof *strip.data;

	memory_settle(strip.data);
	_tile_loadd(0, bias, 0); /* the same in each row */
	_tile_loadd(1, bias + BF16_TILE, 0);
	for (size_t i = 0; i < steps; i++) {
		_tile_loadd(6, panel, ROW_BYTES);
		_tile_loadd(7, panel + BF16_TILE_LENGTH, ROW_BYTES);
		_tile_loadd(4, strip.data, stride);
		next.data = bf16_fetch(next.data, next.lines);
		_tile_dpbf16ps(0, 4, 6);
		_tile_dpbf16ps(1, 4, 7);
		strip.data += strip.step;
		panel += BF16_STEP_LENGTH;
	}
	_tile_stored(0, sums, 2 * ROW_BYTES);
	_tile_stored(1, sums + BF16_TILE, 2 * ROW_BYTES);
	memory_settle(sums);
}

/* As many again: tiles 2 and 3 are their sums, 5 is of the strip. */
TARGET static void
whole_block(float *sums, const float *bias, struct bf16_strip strip,
            const uint16_t *panel, size_t steps, struct bf16_next next)
{
	const uint16_t *upper = strip.data;
	const uint16_t *lower = upper + BF16_TILE * strip.row;
	size_t stride = strip.row * sizeof *upper;

	memory_settle(upper);
	_tile_loadd(0, bias, 0);
	_tile_loadd(1, bias + BF16_TILE, 0);
	_tile_loadd(2, bias, 0);
	_tile_loadd(3, bias + BF16_TILE, 0);
	for (size_t i = 0; i < steps; i++) {
		_tile_loadd(6, panel, ROW_BYTES);
		_tile_loadd(7, panel + BF16_TILE_LENGTH, ROW_BYTES);
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
	_tile_stored(0, sums, 2 * ROW_BYTES);
	_tile_stored(1, sums + BF16_TILE, 2 * ROW_BYTES);
	sums += BF16_TILE * BF16_BLOCK;
	_tile_stored(2, sums, 2 * ROW_BYTES);
	_tile_stored(3, sums + BF16_TILE, 2 * ROW_BYTES);
	memory_settle(sums);
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
	.begin = begin, .end = end, .block = block
};

#else

static bool
absent(void)
{
	return false;
}

const struct bf16_unit bf16_amx = { .name = "amx", .present = absent };

#endif
