/* softmax with its gradient, and log-softmax. */
#include <float.h>

#include "gradient.h"
#include "nn/softmax.h"

struct layer {
	float *y, *x, *dy;
	size_t N, C;
	void (*forward)(float *y, const float *x, size_t N, size_t C);
};

static double
loss(void *p)
{
	struct layer *l = p;

	l->forward(l->y, l->x, l->N, l->C);
	return dot(l->y, l->dy, l->N * l->C);
}

static void
compare_row(const float *x, const float *y, size_t C, int is_log)
{
	double sum = 0;

	for (size_t c = 0; c < C; c++)
		sum += exp((double)x[c]);
	for (size_t c = 0; c < C; c++)
		assert_close((double)y[c], is_log ? (double)x[c] - log(sum)
		             : exp((double)x[c]) / sum, 2e-6);
}

static void
try_layer(size_t N, size_t C, int is_log)
{
	size_t n = N * C;
	float *dx = gradient_floats(n);
	struct layer l = {
		.y = constant_floats(n, NAN), .x = random_floats(n, 1),
		.dy = random_floats(n, 2), .N = N, .C = C,
		.forward = is_log ? log_softmax_forward : softmax_forward
	};

	loss(&l);
	for (size_t row = 0; row < N; row++)
		compare_row(l.x + row * C, l.y + row * C, C, is_log);
	if (!is_log) {
		softmax_backward(dx, l.dy, l.y, N, C);
		check_gradient(loss, &l, l.x, dx, n);
		softmax_forward(l.y, l.x, N, C);
		softmax_backward(l.dy, l.dy, l.y, N, C);
		for (size_t i = 0; i < n; i++)
			assert_close((double)(l.dy[i] + GRADIENT_START),
			             (double)dx[i], 1e-6);
	}
	free(dx);
	free(l.y);
	free(l.x);
	free(l.dy);
}

static void
sizes(int is_log)
{
	for (size_t n = 0; n < LEN(row_counts); n++)
		for (size_t c = 0; c < LEN(channel_counts); c++)
			try_layer(row_counts[n], channel_counts[c], is_log);
}

static void
test_softmax(void **state)
{
	(void)state;
	sizes(0);
}

static void
test_log_softmax(void **state)
{
	(void)state;
	sizes(1);
}

static void
test_large(void **state)
{
	float x[] = { 1000, 1000, -1000, -INFINITY, -FLT_MAX }, y[5];
	const float half[] = { 0.5f, 0.5f, 0, 0, 0 };

	(void)state;
	softmax_forward(y, x, 1, 5);
	assert_all_close(y, half, 5, 1e-7);
	log_softmax_forward(y, x, 1, 5);
	assert_close((double)y[0], -log(2), 1e-6);
	assert_close((double)y[2], -2000 - log(2), 1e-6);
	assert_true(isinf(y[3]) && y[3] < 0);
}

static void
test_nan(void **state)
{
	(void)state;
	for (size_t at = 0; at < 40; at++) {
		float *x = random_floats(40, 1);

		x[at] = NAN;
		softmax_forward(x, x, 1, 40);
		for (size_t c = 0; c < 40; c++)
			assert_true(isnan(x[c]));
		free(x);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "softmax and its gradient, at many sizes",
		  test_softmax, NULL, NULL, NULL },
		{ "log-softmax, at many sizes",
		  test_log_softmax, NULL, NULL, NULL },
		{ "large and infinite scores neither overflow nor vanish",
		  test_large, NULL, NULL, NULL },
		{ "a NaN anywhere in a row shows in all of it",
		  test_nan, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("softmax", tests, NULL, NULL);
}
