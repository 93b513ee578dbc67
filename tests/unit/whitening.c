/* feat/whitening: against what defines it, and where columns do not vary. */
#include "gradient.h"
#include "student/whitening.h"

enum { ROWS = 200, WIDTH = 13 };

/* Rows whose columns go together, far from 0, and of unlike sizes. */
static float *
rows_new(void)
{
	float *x = random_floats(ROWS * WIDTH, 1);

	for (size_t t = 0; t < ROWS; t++)
		for (size_t i = 1; i < WIDTH; i++)
			x[t * WIDTH + i] = (float)i * (x[t * WIDTH + i] +
				.9f * x[t * WIDTH + i - 1] + 5);
	return x;
}

static void
solve(float *weight, float *centre, const float *x, size_t rows)
{
	struct whitening w;

	whitening_init(&w, WIDTH);
	for (size_t t = 0; t < rows; t++)
		whitening_add(&w, x + t * WIDTH);
	whitening_solve(weight, centre, &w);
	whitening_release(&w);
}

static double
mean_of(const float *x, size_t i)
{
	double sum = 0;

	for (size_t t = 0; t < ROWS; t++)
		sum += (double)x[t * WIDTH + i] / ROWS;
	return sum;
}

static double
covariance(const float *x, size_t i, size_t j)
{
	double sum = 0, a = mean_of(x, i), b = mean_of(x, j);

	for (size_t t = 0; t < ROWS; t++)
		sum += ((double)x[t * WIDTH + i] - a) *
			((double)x[t * WIDTH + j] - b) / ROWS;
	return sum;
}

/* weight C weight' is 1, C being covariances with all but variances halved. */
static void
test_definition(void **state)
{
	float *x = rows_new(), weight[WIDTH * WIDTH], centre[WIDTH];

	(void)state;
	solve(weight, centre, x, ROWS);
	for (size_t i = 0; i < WIDTH; i++)
		for (size_t j = 0; j < WIDTH; j++) {
			double sum = 0;

			for (size_t k = 0; k < WIDTH; k++)
				for (size_t l = 0; l < WIDTH; l++)
					sum += (double)weight[i * WIDTH + k] *
						(double)weight[j * WIDTH + l] *
						covariance(x, k, l) *
						(k == l ? 1 : .5);
			assert_close(sum, i == j ? 1 : 0, 1e-4);
			if (j > i)
				assert_true(weight[i * WIDTH + j] == 0);
		}
	free(x);
}

static void
test_centre(void **state)
{
	float *x = rows_new(), weight[WIDTH * WIDTH], centre[WIDTH];

	(void)state;
	solve(weight, centre, x, ROWS);
	for (size_t i = 0; i < WIDTH; i++)
		assert_close(centre[i], mean_of(x, i), 1e-6);
	free(x);
}

/* Of one row, or of columns that are one another's double, it is finite. */
static void
test_degenerate(void **state)
{
	float *x = rows_new(), weight[WIDTH * WIDTH], centre[WIDTH];

	(void)state;
	solve(weight, centre, x, 1);
	for (size_t i = 0; i < WIDTH * WIDTH; i++)
		assert_close(weight[i], i % (WIDTH + 1) ? 0 : 1000, 1e-4);
	for (size_t t = 0; t < ROWS; t++)
		for (size_t i = 0; i < WIDTH; i += 2)
			x[t * WIDTH + i] = 1e7f + (float)((t + i) % 3);
	solve(weight, centre, x, ROWS);
	for (size_t i = 0; i < WIDTH; i += 2)
		for (size_t j = 0; j < WIDTH; j++)
			assert_close(weight[i * WIDTH + j], i == j ? 1000 : 0,
			             1e-4);
	for (size_t i = 0; i < WIDTH * WIDTH; i++)
		assert_true(isfinite(weight[i]));
	for (size_t t = 0; t < ROWS; t++)
		for (size_t i = 1; i < WIDTH; i++)
			x[t * WIDTH + i] = 2 * x[t * WIDTH + i - 1];
	solve(weight, centre, x, ROWS);
	for (size_t i = 0; i < WIDTH * WIDTH; i++)
		assert_true(isfinite(weight[i]));
	free(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "the covariances, halved but for variances, become 1",
		  test_definition, NULL, NULL, NULL },
		{ "the centre is the mean", test_centre, NULL, NULL, NULL },
		{ "of one row, of constants, of columns twice, it is finite",
		  test_degenerate, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
