/* layernorm_forward() and layernorm_backward(). */
#include "gradient.h"
#include "nn/layernorm.h"

static const float epsilon = 1e-3f;

struct layer {
	float *y, *mean, *rstd, *x, *gain, *bias, *dy;
	size_t N, C;
};

static double
loss(void *p)
{
	struct layer *l = p;

	layernorm_forward(l->y, l->mean, l->rstd, l->x, l->gain, l->bias,
	                  l->N, l->C, epsilon);
	return dot(l->y, l->dy, l->N * l->C);
}

static void
compare_row(const struct layer *l, size_t n, double tolerance)
{
	const float *x = l->x + n * l->C;
	double mean = 0, variance = 0;

	for (size_t c = 0; c < l->C; c++)
		mean += (double)x[c] / (double)l->C;
	for (size_t c = 0; c < l->C; c++)
		variance += pow((double)x[c] - mean, 2) / (double)l->C;
	for (size_t c = 0; c < l->C; c++)
		assert_close((double)l->y[n * l->C + c],
		             ((double)x[c] - mean)
		             / sqrt(variance + (double)epsilon)
		             * (double)l->gain[c] + (double)l->bias[c],
		             tolerance);
}

static void
differentiate(struct layer *l)
{
	size_t n = l->N * l->C;
	float *dx = gradient_floats(n), *dgain = gradient_floats(l->C);
	float *dbias = gradient_floats(l->C);

	layernorm_backward(dx, dgain, dbias, l->dy, l->x, l->gain,
	                   l->mean, l->rstd, l->N, l->C);
	if (l->C > 1) /* one channel is all bias: differences see only noise */
		check_gradient(loss, l, l->x, dx, n);
	check_gradient(loss, l, l->gain, dgain, l->C);
	check_gradient(loss, l, l->bias, dbias, l->C);
	free(dx);
	free(dgain);
	free(dbias);
}

static void
try_layer(size_t N, size_t C, float offset)
{
	struct layer l = {
		.y = constant_floats(N * C, NAN), .x = random_floats(N * C, 1),
		.mean = constant_floats(N, NAN),
		.rstd = constant_floats(N, NAN),
		.gain = random_floats(C, 2), .bias = random_floats(C, 3),
		.dy = random_floats(N * C, 4), .N = N, .C = C
	};

	for (size_t i = 0; i < N * C; i++)
		l.x[i] += offset;
	loss(&l);
	for (size_t n = 0; n < N; n++)
		compare_row(&l, n, offset == 0 ? 1e-5 : 2e-4);
	if (offset == 0)
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
	for (size_t n = 0; n < LEN(row_counts); n++)
		for (size_t c = 0; c < LEN(channel_counts); c++)
			try_layer(row_counts[n], channel_counts[c], 0);
}

static void
test_offset(void **state)
{
	(void)state;
	try_layer(7, 144, 100);
}

static void
test_constant(void **state)
{
	float x[5] = { 3, 3, 3, 3, 3 }, gain[5] = { 1, 2, 3, 4, 5 };
	float bias[5] = { 5, 4, 3, 2, 1 }, mean, rstd;

	(void)state;
	layernorm_forward(x, &mean, &rstd, x, gain, bias, 1, 5, epsilon);
	assert_all_close(x, bias, 5, 1e-6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a layer norm and its gradients, at many sizes",
		  test_sizes, NULL, NULL, NULL },
		{ "a large common offset costs few digits",
		  test_offset, NULL, NULL, NULL },
		{ "a constant row becomes the bias, also in place",
		  test_constant, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("layernorm", tests, NULL, NULL);
}
