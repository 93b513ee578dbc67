/*
 * bf16_native.h - floats rounded to bfloat16, and packed, by a processor's own
 * instructions
 *
 * What they write is what bf16_unit.h describes, but that denormal numbers
 * become 0.
 */
#ifndef BF16_NATIVE_H
#define BF16_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bf16_source;           /* gemm/bf16_unit.h */

/*
 * Are there such instructions (AVX-512's extension for bfloat16)?  Where there
 * are not, nothing else here may be called but bf16_round, which does without.
 */
bool bf16_native_present(void);

/* y [n] = alpha x [n], rounded. */
void bf16_round(uint16_t *y, const float *x, size_t n, float alpha);

/*
 * 32 of K of a strip, or else of a panel: of what is stored from element at on,
 * n rows (columns) and depth of K, each 32 or fewer.  The rest is zero.
 */
void bf16_native_pack(uint16_t *to, const struct bf16_source *source,
                      size_t at, bool strip, size_t n, size_t depth);

/* Sums [rows,32], rounded: row m to y + m * ld. */
void bf16_native_put(uint16_t *y, size_t ld, const float *sums, size_t rows);

#endif
