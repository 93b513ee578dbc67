/*
 * amx_tiles.h - what the units of Intel's AMX share: leave to use tiles, and
 * their sizes; 16 rows of 64 bytes each
 *
 * A file that includes it defines _DEFAULT_SOURCE first.
 */
#pragma once

#include <cpuid.h>
#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of Linux: leave to use tiles, which are a lot to save between threads. */
enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };

enum { AMX_PALETTE = 1, AMX_TILES = 8, AMX_ROWS = 16, AMX_ROW_BYTES = 64 };

/* Of cpuid: a leaf, and bits of its edx. */
enum { CPUID_FEATURES = 7, AMX_TILE = 24 };

/* What the processor reads the sizes of tiles from. */
struct amx_shape {
	uint8_t palette, start_row, reserved[14];
	uint16_t bytes[16];       /* of a row */
	uint8_t rows[16];
};

/*
 * Has the processor tiles, and the products of this bit of cpuid?  By cpuid
 * itself: not all compilers know these features by name.
 */
static inline bool
amx_present(int bit)
{
	unsigned a, b, c, d;

	return __get_cpuid_count(CPUID_FEATURES, 0, &a, &b, &c, &d) &&
	       d >> AMX_TILE & d >> bit & 1 &&
	       syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM,
	               XFEATURE_XTILEDATA) == 0;
}

/* gcc 12 does not know that tiles read and write memory. */
static inline void
amx_settle(const void *p)
{
	__asm__ volatile ("" : : "r" (p) : "memory");
}

__attribute__((target("amx-tile"))) static inline void
amx_begin(void)
{
	struct amx_shape s = { .palette = AMX_PALETTE };

	for (size_t i = 0; i < AMX_TILES; i++) {
		s.rows[i] = AMX_ROWS;
		s.bytes[i] = AMX_ROW_BYTES;
	}
	amx_settle(&s);
	_tile_loadconfig(&s);
}

__attribute__((target("amx-tile"))) static inline void
amx_end(void)
{
	_tile_release();
}
