/*
 * vexp.h - exp, tanh, the logistic and the largest of a row, for vector loops
 *
 * Inline and free of branches and tables, so a loop that calls them inside a
 * VECTORISED function becomes vector code.  The whole range is covered:
 * large values give infinity (or 1), small ones 0 (or -1), NaN gives NaN.
 */
#pragma once

#include <math.h>
#include <stddef.h>

#include "core/bits.h"

/*
 * e^x within 2 units in the last place, denormal results included.
 *
 * x = n ln 2 + r with n whole and |r| <= ln 2 / 2; e^r is a polynomial
 * (Cephes, Moshier 1992).  Adding 1.5 * 2^23 rounds to a whole number and
 * leaves it in the low bits.  2^n is applied in two halves, because n itself
 * may be below -126 or be 128.  The ends are put right last: had x been
 * clamped first, gcc 12 would compute separate masked paths for each end.
 */
static inline float
vexp(float x)
{
	const float magic = 0x1.8p23f;
	float y, shifted, n, r;
	uint32_t whole, half;

	shifted = x * 1.44269504f + magic;
	n = shifted - magic;
	r = x - n * 0.693359375f;
	r = r + n * 2.12194440e-4f;

	y = 1.9875691500e-4f;
	y = y * r + 1.3981999507e-3f;
	y = y * r + 8.3334519073e-3f;
	y = y * r + 4.1665795894e-2f;
	y = y * r + 1.6666665459e-1f;
	y = y * r + 5.0000001201e-1f;
	y = y * (r * r) + r + 1;

	whole = bits_of(shifted) - bits_of(magic) + 256;
	half = whole / 2;
	y *= bits_float((half - 128 + 127) << 23);
	y *= bits_float((whole - half - 128 + 127) << 23);
	y = bits_choose(x < -104, 0, y);
	return bits_choose(x > 89, INFINITY, y);
}

/* 1 / (1 + e^-x) */
static inline float
vsigmoid(float x)
{
	return 1 / (1 + vexp(-x));
}

/*
 * Below 0.625 in magnitude the odd polynomial of Cephes, for its relative
 * accuracy; elsewhere 1 - 2 / (e^2|x| + 1) with the sign of x.
 */
static inline float
vtanh(float x)
{
	float a = fabsf(x), s = x * x;
	float large = 1 - 2 / (vexp(2 * a) + 1);
	float small = -5.70498872745e-3f;

	small = small * s + 2.06390887954e-2f;
	small = small * s - 5.37397155531e-2f;
	small = small * s + 1.33314422036e-1f;
	small = small * s - 3.33332819422e-1f;
	small = small * s * x + x;
	large = bits_choose(x < 0, -large, large);
	return bits_choose(a < 0.625f, small, large);
}

/*
 * The largest of x [C], for softmax; -INFINITY if C is 0.  NaN is never the
 * largest.  By lanes, since Clang does not vectorise a maximum.
 */
static inline float
row_max(const float *x, size_t C)
{
	enum { LANES = 16 };
	float lane[LANES], max = -INFINITY;
	size_t c = 0;

	for (size_t l = 0; l < LANES; l++)
		lane[l] = -INFINITY;
	for (; c + LANES <= C; c += LANES) {
		#pragma omp simd
		for (size_t l = 0; l < LANES; l++)
			lane[l] = x[c + l] > lane[l] ? x[c + l] : lane[l];
	}
	for (; c < C; c++)
		max = x[c] > max ? x[c] : max;
	for (size_t l = 0; l < LANES; l++)
		max = lane[l] > max ? lane[l] : max;
	return max;
}
