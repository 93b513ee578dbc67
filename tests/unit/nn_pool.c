/* pool_forward() and pool_backward(). */
#include "gradient.h"
#include "nn/pool.h"

struct layer {
	float *pooled, *weight, *score, *x, *dpooled;
	size_t T, C;
};

static double
loss(void *p)
{
	struct layer *l = p;

	pool_forward(l->pooled, l->weight, l->score, l->x, l->T, l->C);
	return dot(l->pooled, l->dpooled, 2 * l->C);
}

static void
compare_channel(const struct layer *l, size_t c, double tolerance)
{
	double total = 0, mean = 0, variance = 0;

	for (size_t t = 0; t < l->T; t++)
		total += exp((double)l->score[t]);
	for (size_t t = 0; t < l->T; t++)
		mean += exp((double)l->score[t]) / total
		        * (double)l->x[t * l->C + c];
	for (size_t t = 0; t < l->T; t++)
		variance += exp((double)l->score[t]) / total
		            * pow((double)l->x[t * l->C + c] - mean, 2);
	assert_close((double)l->pooled[c], mean, tolerance);
	assert_close((double)l->pooled[l->C + c], sqrt(variance + 1e-5),
	             tolerance);
}

static void
differentiate(struct layer *l)
{
	float *dscore = gradient_floats(l->T);
	float *dx = gradient_floats(l->T * l->C);

	pool_backward(dscore, dx, l->dpooled, l->pooled, l->weight, l->x,
	              l->T, l->C);
	check_gradient(loss, l, l->score, dscore, l->T);
	check_gradient(loss, l, l->x, dx, l->T * l->C);
	free(dscore);
	free(dx);
}

static void
try_layer(size_t T, size_t C, float offset)
{
	struct layer l = {
		.pooled = constant_floats(2 * C, NAN),
		.weight = constant_floats(T, NAN),
		.score = random_floats(T, 1), .x = random_floats(T * C, 2),
		.dpooled = random_floats(2 * C, 3),
		.T = T, .C = C
	};

	for (size_t i = 0; i < T * C; i++)
		l.x[i] += offset;
	loss(&l);
	for (size_t c = 0; c < C; c++)
		compare_channel(&l, c, offset == 0 ? 1e-5 : 1e-4);
	if (offset == 0)
		differentiate(&l);
	free(l.pooled);
	free(l.weight);
	free(l.score);
	free(l.x);
	free(l.dpooled);
}

static void
test_sizes(void **state)
{
	(void)state;
	for (size_t t = 0; t < LEN(row_counts); t++)
		for (size_t c = 0; c < LEN(channel_counts); c++)
			try_layer(row_counts[t], channel_counts[c], 0);
}

static void
test_offset(void **state)
{
	(void)state;
	try_layer(33, 16, 100);
}

static void
test_constant(void **state)
{
	float x[] = { 2, 2, 2 }, score[] = { 0, 1, 2 };
	float pooled[2], weight[3], d[] = { 1, 1 };
	float dscore[3] = { 0 }, dx[3] = { 0 };

	(void)state;
	pool_forward(pooled, weight, score, x, 3, 1);
	assert_close((double)pooled[0], 2, 1e-6);
	assert_close((double)pooled[1], sqrt(1e-5), 1e-6);
	pool_backward(dscore, dx, d, pooled, weight, x, 3, 1);
	for (size_t t = 0; t < 3; t++) {
		assert_close((double)dscore[t], 0, 1e-4);
		assert_close((double)dx[t], (double)weight[t], 1e-4);
	}
}

/* With a large mean, of which sums in floats would lose the deviation. */
static void
test_statistics(void **state)
{
	enum { T = 3000, C = 130 };
	float *x = random_floats((size_t)T * C, 7);
	float mean[C], deviation[C], alone[C];

	(void)state;
	for (size_t i = 0; i < (size_t)T * C; i++)
		x[i] += 1000;
	statistics_forward(mean, deviation, x, T, C);
	statistics_forward(alone, NULL, x, T, C);
	assert_memory_equal(mean, alone, sizeof mean);
	for (size_t c = 0; c < C; c++) {
		double sum = 0, square = 0;

		for (size_t t = 0; t < T; t++)
			sum += (double)x[t * C + c] / T;
		for (size_t t = 0; t < T; t++)
			square += pow((double)x[t * C + c] - sum, 2) / T;
		assert_close((double)mean[c], sum, 1e-6);
		assert_close((double)deviation[c], sqrt(square), 1e-6);
	}
	statistics_forward(mean, deviation, x, 1, C);
	for (size_t c = 0; c < C; c++)
		assert_true(mean[c] == x[c] && deviation[c] == 0);
	free(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "weighted statistics and their gradients, at many sizes",
		  test_sizes, NULL, NULL, NULL },
		{ "a large common offset costs few digits",
		  test_offset, NULL, NULL, NULL },
		{ "no variance still has a finite gradient",
		  test_constant, NULL, NULL, NULL },
		{ "plain statistics keep their digits",
		  test_statistics, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
