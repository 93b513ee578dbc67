/*
 * veclog.h - the natural logarithm in arithmetic that compilers vectorise
 *
 * x = 2^e m with m in [sqrt(1/2), sqrt(2)), ln x = e ln 2 + ln m, and with
 * t = m - 1, ln m = t - t^2/2 + t^3 P(t), P of degree 8 from Cephes (logf.c,
 * Moshier 1992).  Within 2 units in the last place of logf for every normal
 * x > 0.  x that is subnormal, 0 or negative is not supported; infinity gives
 * 128 ln 2, so the result is always finite.
 */
#pragma once

#include <stdint.h>
#include <string.h>

static inline float
veclog(float x)
{
	/* The bits of sqrt(1/2), so that the exponent rounds at sqrt(2). */
	const int32_t half_root = 0x3f3504f3;
	int32_t bits, exponent;
	float m, t, square, p, e;

	memcpy(&bits, &x, sizeof bits);
	exponent = (bits - half_root) >> 23;
	bits -= (int32_t)((uint32_t)exponent << 23);
	memcpy(&m, &bits, sizeof m);
	e = (float)exponent;
	t = m - 1;
	square = t * t;
	p = 7.0376836292e-2f;
	p = p * t - 1.1514610310e-1f;
	p = p * t + 1.1676998740e-1f;
	p = p * t - 1.2420140846e-1f;
	p = p * t + 1.4249322787e-1f;
	p = p * t - 1.6668057665e-1f;
	p = p * t + 2.0000714765e-1f;
	p = p * t - 2.4999993993e-1f;
	p = p * t + 3.3333331174e-1f;
	/* ln 2 in two parts, the first exact when multiplied by e. */
	return t + (p * t * square - 2.12194440e-4f * e - 0.5f * square)
		+ 0.693359375f * e;
}
