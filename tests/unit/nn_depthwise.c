/* depthwise_forward() and depthwise_backward(). */
#include "gradient.h"
#include "nn/depthwise.h"

struct layer {
	float *y, *x, *weight, *bias, *dy;
	size_t T, C, k;
};

static double
loss(void *p)
{
	struct layer *l = p;

	depthwise_forward(l->y, l->x, l->weight, l->bias, l->T, l->C, l->k);
	return dot(l->y, l->dy, l->T * l->C);
}

static double
naive(const struct layer *l, size_t t, size_t c)
{
	double sum = l->bias ? (double)l->bias[c] : 0;

	for (size_t j = 0; j < l->k; j++)
		if (t + j >= l->k / 2 && t + j - l->k / 2 < l->T)
			sum += (double)l->weight[j * l->C + c]
			       * (double)l->x[(t + j - l->k / 2) * l->C + c];
	return sum;
}

static void
compare(struct layer *l)
{
	loss(l);
	for (size_t t = 0; t < l->T; t++)
		for (size_t c = 0; c < l->C; c++)
			assert_close((double)l->y[t * l->C + c],
			             naive(l, t, c), 1e-5);
}

static void
differentiate(struct layer *l)
{
	size_t n = l->T * l->C, weights = l->k * l->C;
	float *dx = gradient_floats(n), *dw = gradient_floats(weights);
	float *db = gradient_floats(l->C);

	depthwise_backward(dx, dw, db, l->dy, l->x, l->weight,
	                   l->T, l->C, l->k);
	check_gradient(loss, l, l->x, dx, n);
	check_gradient(loss, l, l->weight, dw, weights);
	check_gradient(loss, l, l->bias, db, l->C);
	free(dx);
	free(dw);
	free(db);
}

static void
try_layer(size_t T, size_t C, size_t k)
{
	struct layer l = {
		.y = constant_floats(T * C, NAN), .x = random_floats(T * C, 1),
		.weight = random_floats(k * C, 2), .bias = random_floats(C, 3),
		.dy = random_floats(T * C, 4), .T = T, .C = C, .k = k
	};
	float *bias = l.bias;

	compare(&l);
	differentiate(&l);
	l.bias = NULL;
	compare(&l);
	free(l.y);
	free(l.x);
	free(l.weight);
	free(bias);
	free(l.dy);
}

static void
test_sizes(void **state)
{
	static const size_t taps[] = { 1, 3, 7, 15, 31 };

	(void)state;
	for (size_t t = 0; t < LEN(row_counts); t++)
		for (size_t c = 0; c < LEN(channel_counts); c++)
			for (size_t k = 0; k < LEN(taps); k++)
				try_layer(row_counts[t], channel_counts[c],
				          taps[k]);
}

static void
test_short(void **state)
{
	(void)state;
	for (size_t T = 0; T < 12; T++)
		try_layer(T, 17, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a depthwise convolution and its gradients, at many sizes",
		  test_sizes, NULL, NULL, NULL },
		{ "fewer rows than taps, down to none",
		  test_short, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("depthwise", tests, NULL, NULL);
}
