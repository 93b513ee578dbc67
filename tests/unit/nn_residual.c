/* residual_forward() and add_scaled(). */
#include "gradient.h"
#include "nn/residual.h"

struct layer {
	float *y, *x, *z, *gain;
	size_t N, C;
};

static void
compare(const struct layer *l)
{
	residual_forward(l->y, l->x, l->z, l->gain, l->N, l->C);
	for (size_t i = 0; i < l->N * l->C; i++) {
		double gain = l->gain ? (double)l->gain[i % l->C] : 1;

		assert_close((double)l->y[i],
		             (double)l->x[i] + gain * (double)l->z[i], 1e-6);
	}
}

static void
try_layer(size_t N, size_t C)
{
	float *gain = random_floats(C, 3);
	struct layer l = {
		.y = constant_floats(N * C, NAN), .x = random_floats(N * C, 1),
		.z = random_floats(N * C, 2), .gain = gain,
		.N = N, .C = C
	};

	compare(&l);
	l.gain = NULL;
	compare(&l);
	free(l.y);
	free(l.x);
	free(l.z);
	free(gain);
}

static void
test_sizes(void **state)
{
	(void)state;
	for (size_t n = 0; n < LEN(row_counts); n++)
		for (size_t c = 0; c < LEN(channel_counts); c++)
			try_layer(row_counts[n], channel_counts[c]);
}

static void
test_add_scaled(void **state)
{
	(void)state;
	for (size_t n = 0; n < 40; n++) {
		float *x = random_floats(40, 1), *y = gradient_floats(40);

		add_scaled(y, -2, x, n);
		for (size_t i = 0; i < 40; i++)
			assert_close((double)y[i], (double)GRADIENT_START
			             - (i < n ? 2 * (double)x[i] : 0), 1e-6);
		free(x);
		free(y);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a branch joins with and without gain",
		  test_sizes, NULL, NULL, NULL },
		{ "adding a multiple touches n elements",
		  test_add_scaled, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("residual", tests, NULL, NULL);
}
