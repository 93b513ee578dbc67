/*
 * bits.h - convert a float to its bits and back, and choose without a branch
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t
bits_of(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof bits);
	return bits;
}

static inline float
bits_float(uint32_t bits)
{
	float x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

/*
 * a where the condition is 1, b where it is 0.  GCC 12 leaves a branch in a
 * loop with ?: on floats, unless the processor has AVX-512's masks; this it
 * turns into vector code.
 */
static inline float
bits_choose(bool condition, float a, float b)
{
	uint32_t mask = 0 - (uint32_t)condition;

	return bits_float((bits_of(a) & mask) | (bits_of(b) & ~mask));
}
