#include "core/chunk.h"
#include "core/half.h"
#include "core/vector.h"
#include "nn/gelu.h"
#include "nn/vexp.h"

/* Beyond this e^(-x^2/2), and with it all that is not linear, is 0. */
enum { FAR = 15 };

/* |x|, but no more than most; NaN becomes most.  Floats sort by bits. */
static inline float
magnitude(float x, float most)
{
	uint32_t bits = bits_of(x) & 0x7fffffff;
	uint32_t limit = bits_of(most);

	return bits_float(bits < limit ? bits : limit);
}

/*
 * The chance that a normal variable exceeds a >= 0, from e^(-a^2/2), which a
 * caller often needs, too.  Their ratio, a polynomial in
 * t = 1 / (1 + 0.3 a), is fitted to a relative error of 1.5e-7 over
 * 0 <= a <= 14 (the form of Abramowitz and Stegun 26.2.17, more terms).
 */
static inline float
normal_tail(float a, float exp_half_square)
{
	float t = 1 / (1 + 0.3f * a), y = 0.035674725f;

	y = y * t - 0.157203000f;
	y = y * t + 0.206353361f;
	y = y * t - 0.0536835088f;
	y = y * t + 0.128561554f;
	y = y * t + 0.0999135144f;
	y = y * t + 0.120753952f;
	y = y * t + 0.119629299f;
	return y * t * exp_half_square;
}

/*
 * x Phi(x) is x above 0 and 0 below, less |x| Phi(-|x|) on both sides: the
 * subtrahend is small and smooth, and no digits are lost in 1 + erf.
 */
VECTORISED static void
forward(float *y, const float *x, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++) {
		float v = x[i], a = magnitude(v, FAR), tail;

		tail = normal_tail(a, vexp(-0.5f * a * a));
		y[i] = (v < 0 ? 0 : v) - a * tail;
	}
}

void
gelu_forward(float *y, const float *x, size_t n)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(n))
	for (size_t i = 0; i < n; i += CHUNK_FLOATS)
		forward(y + i, x + i, chunk_length(i, CHUNK_FLOATS, n));
}

/* phi(x) = e^(-x^2/2) / sqrt(2 pi) */
static inline float
slope(float x)
{
	float a = magnitude(x, FAR), e, tail, above;

	e = vexp(-0.5f * a * a);
	tail = normal_tail(a, e);
	above = a * e * 0.398942280f - tail;
	return bits_choose(x < 0, -above, 1 + above);
}

VECTORISED static void
backward(float *dx, const float *dy, const float *x, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		dx[i] += dy[i] * slope(x[i]);
}

VECTORISED static void
backward_over(float *dy, const float *x, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		dy[i] *= slope(x[i]);
}

VECTORISED static void
backward_over_halves(float *dy, const uint16_t *x, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		dy[i] *= slope(bfloat_to_float(x[i]));
}

void
gelu_backward(float *dx, const float *dy, const float *x, size_t n)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(n))
	for (size_t i = 0; i < n; i += CHUNK_FLOATS)
		backward(dx + i, dy + i, x + i,
		         chunk_length(i, CHUNK_FLOATS, n));
}

void
gelu_backward_over(float *dy, const float *x, size_t n)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(n))
	for (size_t i = 0; i < n; i += CHUNK_FLOATS)
		backward_over(dy + i, x + i, chunk_length(i, CHUNK_FLOATS, n));
}

void
gelu_backward_over_halves(float *dy, const uint16_t *x, size_t n)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(n))
	for (size_t i = 0; i < n; i += CHUNK_FLOATS)
		backward_over_halves(dy + i, x + i,
		                     chunk_length(i, CHUNK_FLOATS, n));
}

/*
 * Phi(x) = 1/2 + x P(x^2) for |x| < 4.5, where P is a polynomial that was
 * fitted to the least error of x Phi(x), and such that Phi(4.5) is 1.
 */
VECTORISED void
gelu_rough(float *y, const float *x, size_t n)
{
	const float most = 4.5f;

	#pragma omp simd
	for (size_t i = 0; i < n; i++) {
		float v = bits_choose(x[i] < -most, -most, x[i]);
		float a = bits_choose(v < most, v, most), s, p;

		s = a * a * (2 / (most * most)) - 1;
		p = 0.00331346062f;
		p = p * s - 0.0093148388f;
		p = p * s + 0.0122732967f;
		p = p * s - 0.0167620908f;
		p = p * s + 0.0275977459f;
		p = p * s - 0.0405493006f;
		p = p * s + 0.0548233315f;
		p = p * s - 0.0771725029f;
		p = p * s + 0.156902f;
		y[i] = v * (0.5f + a * p);
	}
}
