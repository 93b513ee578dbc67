#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/rng.h"
#include "feat/deltas.h"

enum { ROWS = 23, COLUMNS = 19, STRIDE = 3 * COLUMNS + 2 };

static void
fill(float x[ROWS][STRIDE])
{
	struct rng r;

	rng_init(&r, 5);
	for (size_t t = 0; t < ROWS; t++)
		for (size_t c = 0; c < STRIDE; c++)
			x[t][c] = c < COLUMNS ? rng_normal(&r) : 99;
}

/* Column c of x, its ends repeated without end, filtered `order` times. */
static double
naive(float x[ROWS][STRIDE], int t, size_t c, int order)
{
	double sum = 0;
	int inside = t < 0 ? 0 : t < ROWS ? t : ROWS - 1;

	if (order == 0)
		return x[inside][c];
	for (int j = -2; j <= 2; j++)
		sum += j * naive(x, t + j, c, order - 1) / 10;
	return sum;
}

static void
check_rows(int order, size_t rows)
{
	float x[ROWS][STRIDE];

	fill(x);
	for (size_t t = rows; t < ROWS; t++)
		for (size_t c = 0; c < COLUMNS; c++)
			x[t][c] = x[rows - 1][c];
	deltas_forward(x[0], STRIDE, rows, COLUMNS, order);
	for (size_t t = 0; t < rows; t++)
		for (size_t c = 0; c < STRIDE; c++) {
			int of = (int)(c / COLUMNS);
			double want = of > order ? 99 :
				      naive(x, (int)t, c % COLUMNS, of);

			assert_true(fabs(x[t][c] - want) < 1e-6);
		}
}

static void
equals_naive(void **state)
{
	(void)state;
	for (int order = 0; order <= 2; order++)
		check_rows(order, ROWS);
}

static void
few_rows(void **state)
{
	(void)state;
	for (size_t rows = 1; rows < 10; rows++)
		check_rows(2, rows);
}

static void
line(void **state)
{
	float x[ROWS][3];

	(void)state;
	for (size_t t = 0; t < ROWS; t++)
		x[t][0] = 0.5f * (float)t;
	deltas_forward(x[0], 3, ROWS, 1, 2);
	assert_true(fabsf(x[ROWS / 2][1] - 0.5f) < 1e-6f);
	assert_true(fabsf(x[ROWS / 2][2]) < 1e-6f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "slopes are a naive implementation's, at the ends too",
		  equals_naive, NULL, NULL, NULL },
		{ "one to nine rows are enough", few_rows, NULL, NULL, NULL },
		{ "a straight line has its slope and no bend",
		  line, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
