/*
 * bf16_unit.h - what multiplies blocks of bfloat16, inside gemm_bf16
 *
 * A strip of packed A is 32 rows: for each 32 of K, those of all rows.  A panel
 * of packed B is 32 columns: for each 32 of K two tiles side by side, each 16
 * rows of 16 columns of pairs,
 *
 *	tile[k / 2][n] = (B[n][k], B[n][k + 1])
 */
#ifndef BF16_UNIT_H
#define BF16_UNIT_H

#include "gemm/gemm_bf16.h"

enum {
	BF16_TILE = 16,           /* rows and columns of a tile */
	BF16_TILE_LENGTH = BF16_TILE * BF16_BLOCK, /* elements */
	BF16_STEP_LENGTH = 2 * BF16_TILE_LENGTH
};

/* 32 rows of A, packed or as they lie; distances are in elements. */
struct bf16_strip {
	const uint16_t *data;
	size_t row, step;         /* to the next row, to the next 32 of K */
};

/* What will be asked for next: so many lines of 64 bytes with each step. */
struct bf16_next {
	const uint16_t *data;
	size_t lines;
};

enum { BF16_LINE = 32 };      /* elements */

static inline const uint16_t *
bf16_fetch(const uint16_t *data, size_t lines)
{
	for (; lines > 0; lines--, data += BF16_LINE)
		__builtin_prefetch(data);
	return data;
}

struct bf16_unit {
	const char *name;
	bool (*present)(void);
	bool (*fast)(void);       /* see bf16_unit_fast; NULL: no */
	void (*begin)(void);      /* in each thread, before; or NULL */
	void (*end)(void);
	/*
	 * sums [32,32] = bias [32] + strip panel^T, over steps of 32 in K.
	 * Of rows beyond the first so many, sums may be anything.
	 */
	void (*block)(float *sums, const float *bias,
	              struct bf16_strip strip, const uint16_t *panel,
	              size_t rows, size_t steps, struct bf16_next next);
};

/* Rows m to m + rows of A, 32 or fewer, as a strip [bf16_round_up(K),32]. */
void bf16_strip_pack(uint16_t *strip, const struct bf16_in *A, size_t m,
                     size_t rows, size_t K);

/* Element (n,k) is at n * ld + k, or across, at k * ld + n. */
struct bf16_source {
	const float *floats;      /* times alpha; or */
	const uint16_t *halves;   /* as they are */
	size_t ld;
	bool across;
	float alpha;
};

/*
 * By bf16_native.h: all of it [N,K], strips or else panels, that is stored in
 * the 32 rows from r on, or fewer; those from next on are fetched meanwhile.
 */
void bf16_band_pack(uint16_t *packed, const struct bf16_source *source,
                    bool strips, size_t r, size_t N, size_t K, size_t next);

extern const struct bf16_unit bf16_amx, bf16_avx512, bf16_plain;

#endif
