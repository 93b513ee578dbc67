/*
 * bits.h - convert a float to its bits and back
 */
#pragma once

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
