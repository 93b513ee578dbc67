/* groupnorm_forward() and groupnorm_backward(). */
#include <omp.h>

#include "core/chunk.h"
#include "gradient.h"
#include "nn/groupnorm.h"

static const float epsilon = 1e-3f;

struct layer {
	float *y, *mean, *rstd, *x, *gain, *bias, *dy;
	size_t T, C;
};

static double
loss(void *p)
{
	struct layer *l = p;

	groupnorm_forward(l->y, l->mean, l->rstd, l->x, l->gain, l->bias,
	                  l->T, l->C, epsilon);
	return dot(l->y, l->dy, l->T * l->C);
}

static void
compare_channel(const struct layer *l, size_t c, double tolerance)
{
	double mean = 0, variance = 0, rstd;

	for (size_t t = 0; t < l->T; t++)
		mean += (double)l->x[t * l->C + c] / (double)l->T;
	for (size_t t = 0; t < l->T; t++)
		variance += pow((double)l->x[t * l->C + c] - mean, 2)
			/ (double)l->T;
	rstd = 1 / sqrt(variance + (double)epsilon);
	assert_close((double)l->mean[c], mean, 1e-6);
	assert_close((double)l->rstd[c], rstd, 1e-6);
	for (size_t t = 0; t < l->T; t++)
		assert_close((double)l->y[t * l->C + c],
		             ((double)l->x[t * l->C + c] - mean) * rstd
		             * (double)l->gain[c] + (double)l->bias[c],
		             tolerance);
}

static void
differentiate(struct layer *l)
{
	size_t n = l->T * l->C;
	float *dx = gradient_floats(n), *dgain = gradient_floats(l->C);
	float *dbias = gradient_floats(l->C);

	groupnorm_backward(dx, dgain, dbias, l->dy, l->x, l->gain,
	                   l->mean, l->rstd, l->T, l->C);
	if (l->T > 2) /* two rows become 1 and -1: differences see noise */
		check_gradient(loss, l, l->x, dx, n);
	check_gradient(loss, l, l->gain, dgain, l->C);
	check_gradient(loss, l, l->bias, dbias, l->C);
	groupnorm_backward(NULL, dgain, dbias, l->dy, l->x, l->gain,
	                   l->mean, l->rstd, l->T, l->C);
	free(dx);
	free(dgain);
	free(dbias);
}

static void
try_layer(size_t T, size_t C, float offset)
{
	struct layer l = {
		.y = constant_floats(T * C, NAN), .x = random_floats(T * C, 1),
		.mean = constant_floats(C, NAN),
		.rstd = constant_floats(C, NAN),
		.gain = random_floats(C, 2), .bias = random_floats(C, 3),
		.dy = random_floats(T * C, 4), .T = T, .C = C
	};

	for (size_t i = 0; i < T * C; i++)
		l.x[i] += offset;
	loss(&l);
	for (size_t c = 0; c < C; c++)
		compare_channel(&l, c, offset == 0 ? 1e-5 : 2e-4);
	if (offset == 0 && T < 1000)
		differentiate(&l);
	free(l.y);
	free(l.mean);
	free(l.rstd);
	free(l.x);
	free(l.gain);
	free(l.bias);
	free(l.dy);
}

static void
test_sizes(void **state)
{
	(void)state;
	for (size_t t = 0; t < LEN(row_counts); t++)
		for (size_t c = 0; c < LEN(channel_counts); c++)
			try_layer(row_counts[t], channel_counts[c], 0);
	try_layer(70, 600, 0);
}

static void
test_long(void **state)
{
	(void)state;
	try_layer(200000, 3, 0);
	try_layer(50000, 3, 100);
}

static void
test_constant(void **state)
{
	float x[6] = { 3, 7, 3, 7, 3, 7 }, gain[2] = { 1, 2 };
	float bias[2] = { 5, 4 }, mean[2], rstd[2];

	(void)state;
	groupnorm_forward(x, mean, rstd, x, gain, bias, 3, 2, epsilon);
	for (size_t i = 0; i < 6; i++)
		assert_close((double)x[i], (double)bias[i % 2], 1e-6);
}

/* What both directions make of random numbers, all in one array. */
static float *
results(int threads, size_t T, size_t C)
{
	float *all = gradient_floats(2 * T * C + 4 * C);
	float *x = random_floats(T * C, 1), *gain = random_floats(C, 2);
	float *dx = all + T * C, *mean = dx + T * C, *rstd = mean + C;

	omp_set_num_threads(threads);
	groupnorm_forward(all, mean, rstd, x, gain, gain, T, C, epsilon);
	groupnorm_backward(dx, rstd + C, rstd + 2 * C, all, x, gain,
	                   mean, rstd, T, C);
	free(x);
	free(gain);
	return all;
}

static void
test_threads(void **state)
{
	size_t T = 1501, C = 144; /* worth threads */
	float *one = results(1, T, C), *three = results(3, T, C);

	(void)state;
	assert_true(chunk_worth(T * C));
	assert_memory_equal(one, three, (2 * T * C + 4 * C) * sizeof *one);
	free(one);
	free(three);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a norm over time and its gradients, at many sizes",
		  test_sizes, NULL, NULL, NULL },
		{ "many rows, and a large common offset, cost few digits",
		  test_long, NULL, NULL, NULL },
		{ "a constant channel becomes the bias, also in place",
		  test_constant, NULL, NULL, NULL },
		{ "results are the same whatever the number of threads",
		  test_threads, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("groupnorm", tests, NULL, NULL);
}
