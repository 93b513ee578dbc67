/* gelu_forward() and gelu_backward(), and what vexp.h is made of. */
#include <float.h>
#include <string.h>

#include "core/half.h"
#include "gemm/bf16_native.h"
#include "gradient.h"
#include "nn/gelu.h"
#include "nn/vexp.h"

enum { POINTS = 4000 };

static double
normal_distribution(double x)
{
	return 0.5 * erfc(-x / sqrt(2));
}

static double
normal_density(double x)
{
	return exp(-0.5 * x * x) / sqrt(2 * acos(-1));
}

static void
test_forward(void **state)
{
	float x[POINTS], y[POINTS];

	(void)state;
	for (size_t i = 0; i < POINTS; i++)
		x[i] = ((float)i - POINTS / 2) / 100;
	gelu_forward(y, x, POINTS);
	for (size_t i = 0; i < POINTS; i++)
		assert_close((double)y[i], (double)x[i]
		             * normal_distribution((double)x[i]), 5e-7);
}

static void
test_backward(void **state)
{
	float x[POINTS], dx[POINTS], dy[POINTS], over[POINTS];
	float rounded[POINTS], by_floats[POINTS], by_halves[POINTS];
	uint16_t half[POINTS];

	(void)state;
	for (size_t i = 0; i < POINTS; i++) {
		x[i] = ((float)i - POINTS / 2) / 100;
		dy[i] = i % 2 ? 1 : -0.25f;
		over[i] = dy[i];
		dx[i] = GRADIENT_START;
	}
	gelu_backward(dx, dy, x, POINTS);
	gelu_backward_over(over, x, POINTS);
	bf16_round(half, x, POINTS, 1);
	for (size_t i = 0; i < POINTS; i++)
		rounded[i] = bfloat_to_float(half[i]);
	memcpy(by_halves, dy, sizeof dy);
	memcpy(by_floats, dy, sizeof dy);
	gelu_backward_over_halves(by_halves, half, POINTS);
	gelu_backward_over(by_floats, rounded, POINTS);
	assert_memory_equal(by_halves, by_floats, sizeof by_halves);
	for (size_t i = 0; i < POINTS; i++) {
		double v = (double)x[i];
		double slope = normal_distribution(v) + v * normal_density(v);

		assert_close((double)dx[i],
		             (double)GRADIENT_START + (double)dy[i] * slope,
		             5e-7);
		assert_close((double)over[i], (double)dy[i] * slope, 5e-7);
	}
}

static void
test_lengths(void **state)
{
	float x[40], y[40];

	(void)state;
	for (size_t n = 0; n < 40; n++) {
		for (size_t i = 0; i < 40; i++)
			x[i] = y[i] = (float)i / 10;
		gelu_forward(y, y, n);
		for (size_t i = 0; i < 40; i++)
			assert_close((double)y[i], i < n ? (double)x[i]
			             * normal_distribution((double)x[i])
			             : (double)x[i], 5e-7);
	}
}

/* Any length, and what is not finite; see gelu.h for how near. */
static void
test_rough(void **state)
{
	float x[POINTS], y[POINTS];
	float ends[] = { INFINITY, NAN, -INFINITY, -FLT_MAX, FLT_MAX, 1e-40f };

	(void)state;
	for (size_t i = 0; i < POINTS; i++)
		x[i] = ((float)i - POINTS / 2) / 200;
	for (size_t n = 0; n < 40; n++)
		gelu_rough(y, x, n);
	gelu_rough(y, x, POINTS);
	for (size_t i = 0; i < POINTS; i++) {
		double v = (double)x[i], slack = fmin(4e-5, 6.5e-5 * fabs(v));

		if (fabs(v) > .3)
			slack = 4e-5;
		assert_close((double)y[i], v * normal_distribution(v), slack);
	}
	gelu_rough(ends, ends, LEN(ends));
	assert_true(isinf(ends[0]) && ends[0] > 0);
	assert_true(isnan(ends[1]));
	assert_close((double)ends[2], 0, 1e-6);
	assert_close((double)ends[3], 0, 1e-6);
	assert_true(ends[4] >= FLT_MAX / 2);
	assert_close((double)ends[5], 0, 1e-39);
}

static void
test_ends(void **state)
{
	float x[] = { 0, INFINITY, -INFINITY, NAN, FLT_MAX, -FLT_MAX, 1e-40f };
	float y[LEN(x)], d[LEN(x)] = { 0 }, one[LEN(x)];

	(void)state;
	for (size_t i = 0; i < LEN(x); i++)
		one[i] = 1;
	gelu_forward(y, x, LEN(x));
	assert_true(y[0] == 0);
	assert_true(isinf(y[1]) && y[1] > 0);
	assert_true(y[2] == 0);
	assert_true(isnan(y[3]));
	assert_true(y[4] == FLT_MAX);
	assert_true(y[5] == 0);
	assert_true(y[6] >= 0 && y[6] < 1e-39f);
	gelu_backward(d, one, x, LEN(x));
	assert_close((double)d[0], 0.5, 1e-6);
	assert_true(d[1] == 1 && d[2] == 0 && d[4] == 1 && d[5] == 0);
}

static void
check_relative(float y, double expected, double units)
{
	double gap = expected < (double)FLT_MIN ? 1.4e-45
	             : expected * (double)FLT_EPSILON;

	if (!(fabs((double)y - expected) <= units * gap))
		fail_msg("got %.9g, expected %.9g", (double)y, expected);
}

static void
test_exp(void **state)
{
	(void)state;
	for (float x = -110; x < 88.7f; x += 0.0137f)
		check_relative(vexp(x), exp((double)x), 1.2);
	assert_true(vexp(0) == 1);
	assert_true(vexp(-INFINITY) == 0 && vexp(-FLT_MAX) == 0);
	assert_true(isinf(vexp(INFINITY)) && isinf(vexp(88.8f)));
	assert_true(isinf(vexp(FLT_MAX)) && isnan(vexp(NAN)));
}

static void
test_sigmoid_and_tanh(void **state)
{
	(void)state;
	for (float x = -20; x < 20; x += 0.0137f) {
		check_relative(vsigmoid(x), 1 / (1 + exp(-(double)x)), 4);
		check_relative(vtanh(fabsf(x)), tanh(fabs((double)x)), 4);
		assert_true(vtanh(-x) == -vtanh(x));
	}
	assert_true(vsigmoid(-INFINITY) == 0 && vsigmoid(INFINITY) == 1);
	assert_true(vtanh(-INFINITY) == -1 && vtanh(INFINITY) == 1);
	assert_true(vtanh(0) == 0);
	assert_true(isnan(vsigmoid(NAN)) && isnan(vtanh(NAN)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "GELU agrees with erfc in double",
		  test_forward, NULL, NULL, NULL },
		{ "its gradient too, and is added",
		  test_backward, NULL, NULL, NULL },
		{ "any length, in place, and not an element more",
		  test_lengths, NULL, NULL, NULL },
		{ "the rough one is as near as it says, at its ends too",
		  test_rough, NULL, NULL, NULL },
		{ "infinities have limits and NaN stays NaN",
		  test_ends, NULL, NULL, NULL },
		{ "exp is right to two units over the whole range",
		  test_exp, NULL, NULL, NULL },
		{ "the logistic and tanh are right to four",
		  test_sigmoid_and_tanh, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("gelu", tests, NULL, NULL);
}
