#include <string.h>

#include "core/bits.h"
#include "core/half.h"
#include "core/vector.h"

enum {
	INFINITE = 0x7f800000,     /* bits of a float */
	HALF_OVERFLOW = 0x477ff000, /* 65520: halfway past the largest half */
	HALF_NORMAL = 0x38800000,  /* 2^-14: the smallest normal half */
	HALF_INFINITE = 0x0f800000, /* a half's, where a float's bits are */
	BIAS = 127 - 15            /* of the exponents */
};

/*
 * Without branches, so that compilers vectorise loops of it.  The bits, shifted
 * to their place in a float, are a number too small by 2^112, normal or
 * subnormal; infinity and NaN get the exponent of a float.
 */
static inline float
half_widen(uint16_t half)
{
	uint32_t sign = (half & 0x8000u) << 16, size = (half & 0x7fffu) << 13;
	uint32_t finite = bits_of(bits_float(size) * 0x1p112f);
	uint32_t special = size | INFINITE;

	return bits_float(sign | (size >= HALF_INFINITE ? special : finite));
}

float
half_to_float(uint16_t half)
{
	return half_widen(half);
}

VECTORISED void
half_to_floats(float *out, const void *halves, size_t n)
{
	const unsigned char *bytes = halves;

	for (size_t i = 0; i < n; i++) {
		uint16_t half;

		memcpy(&half, bytes + 2 * i, sizeof half);
		out[i] = half_widen(half);
	}
}

uint16_t
half_from_float(float x)
{
	uint32_t bits = bits_of(x);
	uint32_t sign = bits >> 16 & 0x8000, size = bits & 0x7fffffff;

	if (size > INFINITE)
		return (uint16_t)(sign | 0x7e00 | (size >> 13 & 0x3ff));
	if (size >= HALF_OVERFLOW)
		return (uint16_t)(sign | 0x7c00);
	/* between 0.5 and 1 floats are 2^-24 apart, as subnormal halves are:
	   the sum is rounded to one of them */
	if (size < HALF_NORMAL)
		return (uint16_t)(sign | (bits_of(bits_float(size) + 0.5f) -
		                          bits_of(0.5f)));
	size += 0xfff + (size >> 13 & 1);
	return (uint16_t)(sign | ((size >> 13) - (BIAS << 10)));
}
