/* conv_grouped_forward() and conv_grouped_backward(). */
#include <omp.h>

#include "core/chunk.h"
#include "gemm/gemm.h"
#include "gradient.h"
#include "nn/conv_grouped.h"

struct layer {
	float *y, *scratch, *x, *weight, *bias, *dy;
	size_t T, C, groups, k;
};

static double
loss(void *p)
{
	struct layer *l = p;

	conv_grouped_forward(l->y, l->scratch, l->x, l->weight, l->bias,
	                     l->T, l->C, l->groups, l->k);
	return dot(l->y, l->dy, l->T * l->C);
}

static double
output(const struct layer *l, size_t t, size_t o)
{
	size_t I = l->C / l->groups, c = o / I * I;
	double sum = l->bias ? (double)l->bias[o] : 0;

	for (size_t j = 0; j < l->k; j++) {
		size_t at = t + j - l->k / 2; /* far too large when negative */

		for (size_t i = 0; i < I && at < l->T; i++)
			sum += (double)l->weight[(o * l->k + j) * I + i]
				* (double)l->x[at * l->C + c + i];
	}
	return sum;
}

static void
compare(struct layer *l)
{
	loss(l);
	for (size_t t = 0; t < l->T; t++)
		for (size_t o = 0; o < l->C; o++)
			assert_close((double)l->y[t * l->C + o],
			             output(l, t, o), 3e-5);
}

static void
differentiate(struct layer *l)
{
	size_t weights = l->C * l->k * (l->C / l->groups);
	float *dx = gradient_floats(l->T * l->C), *db = gradient_floats(l->C);
	float *dw = gradient_floats(weights);

	conv_grouped_backward(dx, dw, db, l->scratch, l->dy, l->x, l->weight,
	                      l->T, l->C, l->groups, l->k);
	check_gradient(loss, l, l->x, dx, l->T * l->C);
	check_gradient(loss, l, l->weight, dw, weights);
	check_gradient(loss, l, l->bias, db, l->C);
	conv_grouped_backward(NULL, NULL, NULL, l->scratch, l->dy, l->x,
	                      l->weight, l->T, l->C, l->groups, l->k);
	free(dx);
	free(dw);
	free(db);
}

static struct layer
layer_new(size_t T, size_t C, size_t groups, size_t k)
{
	size_t scratch = conv_grouped_scratch(T, C, groups, k);
	struct layer l = {
		.y = constant_floats(T * C, NAN),
		.scratch = constant_floats(scratch, NAN),
		.x = random_floats(T * C, 1),
		.weight = random_floats(C * k * (C / groups), 2),
		.bias = random_floats(C, 3),
		.dy = random_floats(T * C, 4),
		.T = T, .C = C, .groups = groups, .k = k
	};

	return l;
}

static void
layer_release(struct layer *l)
{
	free(l->y);
	free(l->scratch);
	free(l->x);
	free(l->weight);
	free(l->bias);
	free(l->dy);
}

static void
try_layer(size_t T, size_t C, size_t groups, size_t k)
{
	struct layer l = layer_new(T, C, groups, k);
	float *bias = l.bias;

	compare(&l);
	differentiate(&l);
	l.bias = NULL;
	compare(&l);
	l.bias = bias;
	layer_release(&l);
}

static void
test_sizes(void **state)
{
	static const size_t taps[] = { 1, 2, 3, 7, 8, 9, 16, 21, 40 };

	(void)state;
	for (size_t t = 0; t < LEN(row_counts); t++)
		for (size_t k = 0; k < LEN(taps); k++) {
			try_layer(row_counts[t], 1, 1, taps[k]);
			try_layer(row_counts[t], 6, 2, taps[k]);
			try_layer(row_counts[t], 5, 5, taps[k]);
			try_layer(row_counts[t], 16, 1, taps[k]);
		}
}

static void
test_wide(void **state)
{
	(void)state;
	try_layer(33, 48, 3, 128);
	try_layer(301, 32, 2, 19);
}

static void
test_threads(void **state)
{
	size_t T = 300, C = 96, groups = 6, k = 40; /* worth threads */
	size_t weights = C * k * C / groups;
	float *dx[2], *dw[2], *y[2];

	(void)state;
	assert_true(chunk_worth_products(T * k * C * (C / groups)));
	for (int i = 0; i < 2; i++) {
		struct layer l;

		omp_set_num_threads(1 + 2 * i);
		l = layer_new(T, C, groups, k);
		loss(&l);
		dx[i] = gradient_floats(T * C);
		dw[i] = gradient_floats(weights);
		conv_grouped_backward(dx[i], dw[i], NULL, l.scratch, l.dy,
		                      l.x, l.weight, T, C, groups, k);
		y[i] = l.y;
		l.y = NULL;
		layer_release(&l);
	}
	assert_memory_equal(y[0], y[1], T * C * sizeof **y);
	assert_memory_equal(dx[0], dx[1], T * C * sizeof **dx);
	assert_memory_equal(dw[0], dw[1], weights * sizeof **dw);
	for (int i = 0; i < 2; i++) {
		free(y[i]);
		free(dx[i]);
		free(dw[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a grouped convolution and its gradients, at many sizes",
		  test_sizes, NULL, NULL, NULL },
		{ "more taps than rows, and the other way round",
		  test_wide, NULL, NULL, NULL },
		{ "results are the same whatever the number of threads",
		  test_threads, NULL, NULL, NULL },
	};

	gemm_begin();
	return cmocka_run_group_tests_name("conv_grouped", tests, NULL, NULL);
}
