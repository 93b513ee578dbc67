/* linear_forward() and linear_backward(). */
#include "gradient.h"
#include "nn/linear.h"

struct layer {
	float *y, *x, *weight, *bias, *dy;
	size_t ldx, N, I, O;
};

static double
loss(void *p)
{
	struct layer *l = p;

	linear_forward(l->y, l->x, l->ldx, l->weight, l->bias,
	               l->N, l->I, l->O);
	return dot(l->y, l->dy, l->N * l->O);
}

static struct layer
layer_of(size_t N, size_t I, size_t O, size_t ldx)
{
	return (struct layer){
		.y = constant_floats(N * O, NAN),
		.x = random_floats(N * ldx, 1),
		.weight = random_floats(O * I, 2), .bias = random_floats(O, 3),
		.dy = random_floats(N * O, 4),
		.ldx = ldx, .N = N, .I = I, .O = O
	};
}

static void
layer_release(struct layer *l)
{
	free(l->y);
	free(l->x);
	free(l->weight);
	free(l->bias);
	free(l->dy);
}

static void
compare(struct layer *l, double slack)
{
	loss(l);
	for (size_t n = 0; n < l->N; n++)
		for (size_t o = 0; o < l->O; o++) {
			double sum = l->bias ? (double)l->bias[o] : 0;

			sum += dot(l->x + n * l->ldx, l->weight + o * l->I,
			           l->I);
			assert_close((double)l->y[n * l->O + o], sum, slack);
		}
}

static void
differentiate(struct layer *l)
{
	size_t wide = l->N * l->ldx;
	float *dx = gradient_floats(wide), *db = gradient_floats(l->O);
	float *dw = gradient_floats(l->O * l->I);

	linear_backward(dx, l->ldx, dw, db, l->dy, l->x, l->ldx, l->weight,
	                l->N, l->I, l->O);
	check_gradient(loss, l, l->x, dx, wide);
	check_gradient(loss, l, l->weight, dw, l->O * l->I);
	check_gradient(loss, l, l->bias, db, l->O);
	free(dx);
	free(dw);
	free(db);
}

static void
test_sizes(void **state)
{
	(void)state;
	for (size_t n = 0; n < LEN(row_counts); n++)
		for (size_t i = 0; i < LEN(channel_counts); i++)
			for (size_t o = 0; o < LEN(channel_counts); o++) {
				size_t I = channel_counts[i];
				struct layer l = layer_of(row_counts[n], I,
				                          channel_counts[o],
				                          I + 3 * (n % 2));

				compare(&l, 2e-5);
				differentiate(&l);
				layer_release(&l);
			}
}

/* Of those that BLAS does not do, where there is AVX-512. */
static void
test_large(void **state)
{
	struct layer l = layer_of(101, 701, 301, 703);
	float *bias = l.bias;

	(void)state;
	compare(&l, 9e-5);
	l.bias = NULL;
	compare(&l, 9e-5);
	l.bias = bias;
	layer_release(&l);
}

static void
test_no_bias(void **state)
{
	struct layer l = layer_of(7, 5, 3, 5);
	float *bias = l.bias;

	(void)state;
	l.bias = NULL;
	compare(&l, 2e-5);
	l.bias = bias;
	layer_release(&l);
}

static void
test_parts(void **state)
{
	struct layer l = layer_of(7, 5, 3, 5);
	float *dx = gradient_floats(35), *same = gradient_floats(35);

	(void)state;
	linear_backward(NULL, 0, NULL, NULL, l.dy, l.x, 5, l.weight, 7, 5, 3);
	linear_backward(dx, 5, NULL, NULL, l.dy, l.x, 5, l.weight, 7, 5, 3);
	linear_backward(same, 5, l.weight, NULL, l.dy, l.x, 5, l.weight,
	                7, 5, 3);
	assert_memory_equal(dx, same, 35 * sizeof *dx);
	free(dx);
	free(same);
	layer_release(&l);
}

static void
test_no_rows(void **state)
{
	struct layer l = layer_of(0, 5, 3, 5);
	float *db = gradient_floats(3), *dw = gradient_floats(15);

	(void)state;
	loss(&l);
	linear_backward(NULL, 5, dw, db, l.dy, l.x, 5, l.weight, 0, 5, 3);
	for (size_t i = 0; i < 15; i++)
		assert_true(dw[i] == GRADIENT_START);
	for (size_t i = 0; i < 3; i++)
		assert_true(db[i] == GRADIENT_START);
	free(db);
	free(dw);
	layer_release(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a linear layer and its gradients, at many sizes",
		  test_sizes, NULL, NULL, NULL },
		{ "and its products, where they are large",
		  test_large, NULL, NULL, NULL },
		{ "without bias nothing is added",
		  test_no_bias, NULL, NULL, NULL },
		{ "gradients nobody asked for are left out",
		  test_parts, NULL, NULL, NULL },
		{ "no rows leave the gradients as they were",
		  test_no_rows, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("linear", tests, NULL, NULL);
}
