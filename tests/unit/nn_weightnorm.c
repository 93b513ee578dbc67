/* weightnorm_forward() and weightnorm_backward(). */
#include "gradient.h"
#include "nn/weightnorm.h"

struct layer {
	float *weight, *g, *v, *dweight;
	size_t O, I, k;
};

static double
loss(void *p)
{
	struct layer *l = p;

	weightnorm_forward(l->weight, l->g, l->v, l->O, l->I, l->k);
	return dot(l->weight, l->dweight, l->O * l->I * l->k);
}

static void
compare_tap(const struct layer *l, size_t j)
{
	double square = 0;

	for (size_t i = 0; i < l->O * l->I; i++)
		square += pow((double)l->v[i * l->k + j], 2);
	for (size_t o = 0; o < l->O; o++)
		for (size_t i = 0; i < l->I; i++)
			assert_close((double)l->weight[(o * l->k + j) * l->I
			                               + i],
			             (double)l->g[j] / sqrt(square) *
			             (double)l->v[(o * l->I + i) * l->k + j],
			             1e-6);
}

static void
try_layer(size_t O, size_t I, size_t k)
{
	size_t n = O * I * k;
	float *dg = gradient_floats(k), *dv = gradient_floats(n);
	struct layer l = {
		.weight = constant_floats(n, NAN), .g = random_floats(k, 1),
		.v = random_floats(n, 2), .dweight = random_floats(n, 3),
		.O = O, .I = I, .k = k
	};

	loss(&l);
	for (size_t j = 0; j < k; j++)
		compare_tap(&l, j);
	weightnorm_backward(dg, dv, l.dweight, l.g, l.v, O, I, k);
	check_gradient(loss, &l, l.g, dg, k);
	if (O * I > 1) /* of a single number only the sign counts */
		check_gradient(loss, &l, l.v, dv, n);
	free(dg);
	free(dv);
	free(l.weight);
	free(l.g);
	free(l.v);
	free(l.dweight);
}

static void
test_sizes(void **state)
{
	static const size_t taps[] = { 1, 2, 15, 16, 17, 40 };

	(void)state;
	for (size_t k = 0; k < LEN(taps); k++) {
		try_layer(1, 1, taps[k]);
		try_layer(6, 3, taps[k]);
		try_layer(5, 1, taps[k]);
		try_layer(8, 8, taps[k]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a norm of weights and its gradients, at many sizes",
		  test_sizes, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("weightnorm", tests, NULL, NULL);
}
