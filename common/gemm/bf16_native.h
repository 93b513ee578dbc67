/*
 * bf16_native.h - rounds floats to bfloat16 and packs them, by the processor's
 * own instructions
 *
 * The order is that of bf16_layout.h.  Denormal numbers become 0.
 */
#pragma once

#include "gemm/bf16_layout.h"

/*
 * Does the processor have them (AVX-512's extension for bfloat16)?  Without
 * them, only bf16_round may be called.
 */
bool bf16_native_present(void);

/* y [n] = alpha x [n], rounded. */
void bf16_round(uint16_t *y, const float *x, size_t n, float alpha);

/*
 * Packs 32 of K of a strip, or of a panel, from element at of source: n rows
 * (columns) and depth of K, each 32 or fewer.  The rest is zero.
 */
void bf16_native_pack(uint16_t *to, const struct bf16_source *source,
                      size_t at, bool strip, size_t n, size_t depth);

/* Rounds sums [rows,32]; row m goes to y + m * ld. */
void bf16_native_put(uint16_t *y, size_t ld, const float *sums, size_t rows);
