/*
 * train/least_norm.h: the problem is convex, so weights are the least where
 * no slope leads further down, which is looked at here by itself.
 */
#include <math.h>
#include <stdlib.h>

#include "gradient.h"
#include "kd/least_norm.h"

enum { VECTORS = 12, WIDTH = 7 };

/* G of n vectors of width floats, as they come. */
static void
products(double *G, const float *g, size_t n, size_t width)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			G[i * n + j] = 0;
			for (size_t c = 0; c < width; c++)
				G[i * n + j] += (double)g[i * width + c] *
					g[j * width + c];
		}
}

/* Weights that may be; and none that had better be given to another. */
static void
is_least(const double *a, const double *G, size_t n, double bound)
{
	double sum = 0, most = -INFINITY, least = INFINITY, scale = 0;

	for (size_t k = 0; k < n; k++) {
		double slope = 0;

		assert_true(a[k] >= 0 && a[k] <= bound);
		sum += a[k];
		scale = fmax(scale, G[k * n + k]);
		for (size_t j = 0; j < n; j++)
			slope += G[k * n + j] * a[j];
		if (a[k] > 0)
			most = fmax(most, slope);
		if (a[k] < bound)
			least = fmin(least, slope);
	}
	assert_true(fabs(sum - 1) < 1e-12);
	assert_true(most - least <= 2e-12 * scale);
}

static void
no_slope_leads_further_down(void **state)
{
	static const double bounds[] = { .34, .4, .6, 1 };
	double G[VECTORS * VECTORS], a[VECTORS];

	(void)state;
	for (unsigned seed = 0; seed < 3000; seed++) {
		size_t n = 3 + seed % (VECTORS - 2), width = 1 + seed % WIDTH;
		double bound = bounds[seed / 7 % 4];
		float *g = random_floats(n * width, seed);

		/* as of opposite sizes as dkd makes them */
		for (size_t i = 0; i < n * width; i++)
			g[i] = seed % 3 && i % width ? g[i] : 300 * g[i];
		products(G, g, n, width);
		least_norm(a, G, n, bound);
		is_least(a, G, n, bound);
		free(g);
	}
}

/* Two vectors: the foot of the perpendicular, cut off at the bound. */
static void
two_are_as_in_a_book(void **state)
{
	const double G[] = { 4, 0, 0, 1 };
	double a[2];

	(void)state;
	least_norm(a, G, 2, 1);
	assert_true(fabs(a[0] - .2) < 1e-11 && fabs(a[1] - .8) < 1e-11);
	least_norm(a, G, 2, .6);
	assert_true(fabs(a[0] - .4) < 1e-15 && fabs(a[1] - .6) < 1e-15);
	least_norm(a, G, 2, 0); /* one of a half */
	assert_true(a[0] == .5 && a[1] == .5);
	least_norm(a, G, 1, .6);
	assert_true(a[0] == 1);
}

static void
where_several_are_it_is_one(void **state)
{
	const float g[] = { 3, -1, 3, -1, -2, 1, 3, -1 }; /* three the same */
	const double zeros[9] = { 0 };
	const double tiny[9] = { 4e-310, 0, 0, 0, 2e-310, 0, 0, 0, 1e-310 };
	double G[16], a[4];

	(void)state;
	products(G, g, 4, 2);
	least_norm(a, G, 4, 1);
	is_least(a, G, 4, 1);
	assert_true(fabs(a[2] - 17 / 29.) < 1e-9); /* by hand */
	least_norm(a, zeros, 3, 1);
	for (size_t k = 0; k < 3; k++)
		assert_true(fabs(a[k] - 1 / 3.) < 1e-15);
	least_norm(a, tiny, 3, 1);
	assert_true(fabs(a[0] + a[1] + a[2] - 1) < 1e-15);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_slope_leads_further_down),
		cmocka_unit_test(two_are_as_in_a_book),
		cmocka_unit_test(where_several_are_it_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
