/* conv1d_forward() and conv1d_backward(). */
#include <omp.h>

#include "gemm/gemm.h"
#include "gradient.h"
#include "nn/conv1d.h"

struct layer {
	float *y, *x, *weight, *bias, *dy;
	size_t T, I, O, k, stride, rows;
};

static double
loss(void *p)
{
	struct layer *l = p;

	conv1d_forward(l->y, l->x, l->weight, l->bias,
	               l->T, l->I, l->O, l->k, l->stride);
	return dot(l->y, l->dy, l->rows * l->O);
}

static void
compare(struct layer *l, double slack)
{
	size_t wide = l->k * l->I;

	loss(l);
	for (size_t t = 0; t < l->rows; t++)
		for (size_t o = 0; o < l->O; o++) {
			double sum = l->bias ? (double)l->bias[o] : 0;

			for (size_t i = 0; i < wide; i++)
				sum += (double)l->weight[o * wide + i]
				       * (double)l->x[t * l->stride * l->I + i];
			assert_close((double)l->y[t * l->O + o], sum, slack);
		}
}

static void
differentiate(struct layer *l)
{
	size_t weights = l->O * l->k * l->I;
	float *dx = gradient_floats(l->T * l->I), *db = gradient_floats(l->O);
	float *dw = gradient_floats(weights);

	conv1d_backward(dx, dw, db, l->dy, l->x, l->weight,
	                l->T, l->I, l->O, l->k, l->stride);
	check_gradient(loss, l, l->x, dx, l->T * l->I);
	check_gradient(loss, l, l->weight, dw, weights);
	check_gradient(loss, l, l->bias, db, l->O);
	free(dx);
	free(dw);
	free(db);
}

static void
try_layer(size_t T, size_t I, size_t O, size_t k, size_t stride)
{
	size_t rows = conv1d_rows(T, k, stride);
	struct layer l = {
		.y = constant_floats(rows * O, NAN),
		.x = random_floats(T * I, 1),
		.weight = random_floats(O * k * I, 2),
		.bias = random_floats(O, 3),
		.dy = random_floats(rows * O, 4),
		.T = T, .I = I, .O = O, .k = k, .stride = stride, .rows = rows
	};
	float *bias = l.bias;

	compare(&l, 3e-5);
	differentiate(&l);
	l.bias = NULL;
	compare(&l, 3e-5);
	free(l.y);
	free(l.x);
	free(l.weight);
	free(bias);
	free(l.dy);
}

static void
test_sizes(void **state)
{
	static const size_t taps[] = { 1, 2, 3, 5 };

	(void)state;
	for (size_t t = 0; t < LEN(row_counts); t++)
		for (size_t c = 0; c < LEN(channel_counts); c++)
			for (size_t k = 0; k < LEN(taps); k++)
				for (size_t stride = 1; stride < 5; stride++)
					try_layer(row_counts[t],
					          channel_counts[c], 5,
					          taps[k], stride);
}

/* Of those that BLAS does not do, where there is AVX-512. */
static void
test_large(void **state)
{
	enum { T = 323, I = 97, O = 401, TAPS = 5, STRIDE = 2 };
	size_t rows = conv1d_rows(T, TAPS, STRIDE);
	struct layer l = {
		.y = constant_floats(rows * O, NAN),
		.x = random_floats(T * I, 1),
		.weight = random_floats(O * TAPS * I, 2),
		.bias = random_floats(O, 3),
		.dy = random_floats(rows * O, 4),
		.T = T, .I = I, .O = O, .k = TAPS, .stride = STRIDE,
		.rows = rows
	};

	(void)state;
	compare(&l, 8e-5);
	free(l.y);
	free(l.x);
	free(l.weight);
	free(l.bias);
	free(l.dy);
}

/* Bare samples: few products to a sum, and channels that no panel divides. */
static void
test_samples(void **state)
{
	(void)state;
	for (size_t channels = 1; channels < 80; channels += 13) {
		try_layer(33, 1, channels, 10, 5);
		try_layer(40, 3, channels, 5, 2);
	}
}

static void
same_in_threads(size_t T, size_t I, size_t O, size_t k, size_t stride)
{
	size_t n = conv1d_rows(T, k, stride) * O;
	float *x = random_floats(T * I, 1), *y[2], *dw[2];
	float *weight = random_floats(O * k * I, 2);

	for (int i = 0; i < 2; i++) {
		omp_set_num_threads(1 + 2 * i);
		y[i] = constant_floats(n, NAN);
		dw[i] = gradient_floats(O * k * I);
		conv1d_forward(y[i], x, weight, NULL, T, I, O, k, stride);
		conv1d_backward(NULL, dw[i], NULL, y[i], x, weight,
		                T, I, O, k, stride);
	}
	assert_memory_equal(y[0], y[1], n * sizeof **y);
	assert_memory_equal(dw[0], dw[1], O * k * I * sizeof **dw);
	for (int i = 0; i < 2; i++) {
		free(y[i]);
		free(dw[i]);
	}
	free(x);
	free(weight);
}

static void
test_threads(void **state)
{
	(void)state;
	same_in_threads(20000, 1, 48, 10, 5);
	same_in_threads(601, 144, 144, 3, 2);
}

static void
test_rows(void **state)
{
	(void)state;
	assert_int_equal(conv1d_rows(0, 3, 2), 0);
	assert_int_equal(conv1d_rows(2, 3, 2), 0);
	assert_int_equal(conv1d_rows(3, 3, 2), 1);
	assert_int_equal(conv1d_rows(4, 3, 2), 1);
	assert_int_equal(conv1d_rows(5, 3, 2), 2);
	assert_int_equal(conv1d_rows(400, 10, 5), 79);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a convolution and its gradients, at many sizes",
		  test_sizes, NULL, NULL, NULL },
		{ "and its products, where they are large",
		  test_large, NULL, NULL, NULL },
		{ "a few products to a sum, as over bare samples",
		  test_samples, NULL, NULL, NULL },
		{ "results are the same whatever the number of threads",
		  test_threads, NULL, NULL, NULL },
		{ "only whole windows make rows",
		  test_rows, NULL, NULL, NULL },
	};

	gemm_begin();
	return cmocka_run_group_tests_name("conv1d", tests, NULL, NULL);
}
