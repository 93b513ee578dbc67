/*
 * gradient.h - what the tests of layers share: random arrays, comparison
 * with a naive version, and the check of a gradient by central differences
 *
 * Gradient arrays begin at GRADIENT_START rather than at zero, so a backward
 * that overwrites what it should add to is found out.
 */
#pragma once

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/rng.h"
#include "core/xalloc.h"

#define GRADIENT_START 0.5f
#define LEN(array) (sizeof (array) / sizeof *(array))

/* The sizes every layer is tried on. */
static const size_t row_counts[] = { 1, 2, 7, 33 };
static const size_t channel_counts[] = { 1, 5, 16, 144 };

/* n normal random numbers, for the caller to free. */
static inline float *
random_floats(size_t n, uint64_t seed)
{
	struct rng r;
	float *x = xmalloc(n + 1, sizeof *x);

	rng_init(&r, seed);
	for (size_t i = 0; i < n; i++)
		x[i] = rng_normal(&r);
	return x;
}

static inline float *
constant_floats(size_t n, float value)
{
	float *x = xmalloc(n + 1, sizeof *x);

	for (size_t i = 0; i < n; i++)
		x[i] = value;
	return x;
}

static inline float *
gradient_floats(size_t n)
{
	return constant_floats(n, GRADIENT_START);
}

static inline double
dot(const float *x, const float *y, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)x[i] * (double)y[i];
	return sum;
}

/* Fails unless x is within tolerance of expected, relative above 1. */
static inline void
assert_close(double x, double expected, double tolerance)
{
	double scale = fabs(expected) > 1 ? fabs(expected) : 1;

	if (!(fabs(x - expected) <= tolerance * scale))
		fail_msg("got %.9g, expected %.9g", x, expected);
}

static inline void
assert_all_close(const float *x, const float *expected, size_t n,
                 double tolerance)
{
	for (size_t i = 0; i < n; i++)
		assert_close((double)x[i], (double)expected[i], tolerance);
}

/* The slope of loss(layer) as x moves by step times direction. */
static inline double
numeric_slope(double (*loss)(void *), void *layer, float *x,
              const float *direction, size_t n, float step)
{
	float *kept = constant_floats(n, 0);
	double above, below;

	for (size_t i = 0; i < n; i++) {
		kept[i] = x[i];
		x[i] = kept[i] + step * direction[i];
	}
	above = loss(layer);
	for (size_t i = 0; i < n; i++)
		x[i] = kept[i] - step * direction[i];
	below = loss(layer);
	for (size_t i = 0; i < n; i++)
		x[i] = kept[i];
	free(kept);
	return (above - below) / (2 * (double)step);
}

static inline void
check_slope(double (*loss)(void *), void *layer, float *x,
            const float *gradient, const float *direction, size_t n,
            double scale)
{
	const float step = 1e-2f;
	double expected = numeric_slope(loss, layer, x, direction, n, step);
	double slope = 0;

	for (size_t i = 0; i < n; i++)
		slope += ((double)gradient[i] - (double)GRADIENT_START)
		         * (double)direction[i];
	if (!(fabs(slope - expected) <= 4e-3 * scale + 1e-4))
		fail_msg("slope %.9g, by differences %.9g", slope, expected);
}

/*
 * Fails unless gradient, which began at GRADIENT_START, is the derivative of
 * loss(layer) by x [n]: along random directions of unit length, and by each
 * element if there are few.
 */
static inline void
check_gradient(double (*loss)(void *), void *layer, float *x,
               const float *gradient, size_t n)
{
	float *direction;
	double scale = 0;

	for (size_t i = 0; i < n; i++)
		scale += pow((double)(gradient[i] - GRADIENT_START), 2);
	scale = sqrt(scale);
	for (uint64_t seed = 1; seed <= 3; seed++) {
		direction = random_floats(n, 1000 + seed);
		double length = sqrt(dot(direction, direction, n));

		for (size_t i = 0; i < n; i++)
			direction[i] /= (float)length;
		check_slope(loss, layer, x, gradient, direction, n, scale);
		free(direction);
	}
	direction = constant_floats(n, 0);
	for (size_t i = 0; i < n && n <= 128; i++) {
		direction[i] = 1;
		check_slope(loss, layer, x, gradient, direction, n, scale);
		direction[i] = 0;
	}
	free(direction);
}
