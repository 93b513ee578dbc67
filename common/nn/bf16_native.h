/*
 * bf16_native.h - floats rounded to bfloat16, and packed, by a processor's own
 * instructions, inside gemm_bf16
 *
 * What they write is what bf16_unit.h describes, but that denormal numbers
 * become 0.
 */
#ifndef BF16_NATIVE_H
#define BF16_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Are there such instructions (AVX-512's extension for bfloat16)?  Where there
 * are not, nothing else here may be called.
 */
bool bf16_native_present(void);

/* Element (n,k) is at n * ld + k, or across, at k * ld + n. */
struct bf16_source {
	const float *floats;      /* times alpha; or */
	const uint16_t *halves;   /* as they are */
	size_t ld;
	bool across;
	float alpha;
};

/*
 * 32 of K of a strip, or else of a panel: of what is stored from element at on,
 * n rows (columns) and depth of K, each 32 or fewer.  The rest is zero.
 */
void bf16_native_pack(uint16_t *to, const struct bf16_source *source,
                      size_t at, bool strip, size_t n, size_t depth);

/*
 * All of B [N,K], rows (columns) by 32, that is stored in the 32 rows from r
 * on, of which N or K may leave fewer: the threads of a region take such bands
 * in turn, and fetch the next meanwhile.
 */
void bf16_band_pack(uint16_t *packed, const struct bf16_source *B,
                    bool strips, size_t r, size_t N, size_t K);

/* Sums [rows,32] as they are: row m to y + m * ld. */
void bf16_native_put(uint16_t *y, size_t ld, const float *sums, size_t rows);

#endif
