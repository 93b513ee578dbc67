/*
 * bf16_native.h - blocks of floats rounded to bfloat16 by a processor's own
 * instructions, inside gemm_bf16
 *
 * All return false, and do nothing, where there is no such instruction
 * (AVX-512's extension for bfloat16); what they write is what bf16_unit.h
 * describes, but that denormal numbers become 0.
 */
#ifndef BF16_NATIVE_H
#define BF16_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * 32 rows of a strip, at 32 of K: alpha times x, of which row m at k is
 * x[m * ld + k], or x[k * ld + m] where it is turned.
 */
bool bf16_native_strip(uint16_t *to, const float *x, size_t ld, bool turned,
                       float alpha);

/* A tile of a panel: column n at k is B[n * ld + k]; across, B[k * ld + n]. */
bool bf16_native_tile(uint16_t *to, const float *B, size_t ld, bool across);

/* Sums [rows,32] as they are: row m to y + m * ld. */
bool bf16_native_put(uint16_t *y, size_t ld, const float *sums, size_t rows);

#endif
