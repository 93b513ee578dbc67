/*
 * half.h - convert 16-bit floats: IEEE binary16 and bfloat16
 *
 * Conversion to float is exact.  Conversion from float rounds to nearest, ties
 * to even; too large values become infinite, NaN stays NaN.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/bits.h"

float half_to_float(uint16_t half);

/* n of them, at any alignment. */
void half_to_floats(float *out, const void *halves, size_t n);
uint16_t half_from_float(float x);

static inline float
bfloat_to_float(uint16_t bfloat)
{
	return bits_float((uint32_t)bfloat << 16);
}

/* Without branches, so that compilers vectorise loops of it. */
static inline uint16_t
bfloat_from_float(float x)
{
	uint32_t bits = bits_of(x);
	uint32_t rounded = bits + 0x7fff + (bits >> 16 & 1);
	uint32_t quiet = bits | 0x400000;

	return (uint16_t)(((bits & 0x7fffffff) > 0x7f800000 ? quiet : rounded)
	                  >> 16);
}
