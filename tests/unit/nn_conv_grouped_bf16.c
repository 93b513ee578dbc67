/*
 * The grouped convolution in bfloat16, against the one in floats of what is
 * rounded beforehand.
 */
#include <omp.h>

#include "core/half.h"
#include "gemm/gemm.h"
#include "gradient.h"
#include "nn/conv_grouped.h"
#include "nn/conv_grouped_bf16.h"
#include "nn/gelu.h"

static float *
rounded_floats(size_t n, uint64_t seed)
{
	float *x = random_floats(n, seed);

	for (size_t i = 0; i < n; i++)
		x[i] = bfloat_to_float(bfloat_from_float(x[i]));
	return x;
}

struct layer {
	float *x, *dy, *weight, *bias;
	float *y, *dx, *dweight, *dbias;
	size_t T, C, groups, k, weights;
};

static struct layer
layer_new(size_t T, size_t C, size_t groups, size_t k)
{
	size_t weights = C * k * (C / groups);

	return (struct layer){
		.x = rounded_floats(T * C, 1), .dy = rounded_floats(T * C, 2),
		.weight = rounded_floats(weights, 3),
		.bias = random_floats(C, 4),
		.y = constant_floats(T * C, NAN),
		.dx = gradient_floats(T * C), .dbias = gradient_floats(C),
		.dweight = gradient_floats(weights),
		.T = T, .C = C, .groups = groups, .k = k, .weights = weights
	};
}

static void
layer_release(struct layer *l)
{
	free(l->x);
	free(l->dy);
	free(l->weight);
	free(l->bias);
	free(l->y);
	free(l->dx);
	free(l->dweight);
	free(l->dbias);
}

static void
in_floats(struct layer *l)
{
	float *scratch = constant_floats(conv_grouped_scratch(
		l->T, l->C, l->groups, l->k), NAN);

	conv_grouped_forward(l->y, scratch, l->x, l->weight, l->bias, l->T,
	                     l->C, l->groups, l->k);
	conv_grouped_backward(l->dx, l->dweight, l->dbias, scratch, l->dy,
	                      l->x, l->weight, l->T, l->C, l->groups, l->k);
	free(scratch);
}

static void
in_bfloats(struct layer *l)
{
	struct bf16_space space = { .unit = bf16_unit_find(NULL) };
	const struct bf16_out out = {
		.y = l->y, .ldy = l->C, .bias = l->bias
	};
	uint16_t *packed = malloc(sizeof *packed * conv_grouped_bf16_packed(
		l->C, l->groups, l->k));
	uint16_t *scratch = malloc(sizeof *scratch * conv_grouped_bf16_scratch(
		l->T, l->C, l->groups, l->k));

	conv_grouped_bf16_pack(packed, l->weight, l->C, l->groups, l->k);
	conv_grouped_bf16_forward(&out, space.unit, scratch, l->x, packed,
	                          l->T, l->C, l->groups, l->k);
	conv_grouped_bf16_pack_back(packed, l->weight, &space, l->C,
	                            l->groups, l->k);
	conv_grouped_bf16_backward(l->dx, l->dweight, l->dbias, l->dy, l->x,
	                           packed, &space, l->T, l->C, l->groups,
	                           l->k);
	arena_release(&space.arena);
	free(packed);
	free(scratch);
}

static void
try_layer(size_t T, size_t C, size_t groups, size_t k)
{
	struct layer want = layer_new(T, C, groups, k);
	struct layer got = layer_new(T, C, groups, k);
	double slack = 3e-5 + 1e-6 * (double)(T + C * k / groups);

	in_floats(&want);
	in_bfloats(&got);
	assert_all_close(got.y, want.y, T * C, slack);
	assert_all_close(got.dx, want.dx, T * C, slack);
	assert_all_close(got.dweight, want.dweight, want.weights, slack);
	assert_all_close(got.dbias, want.dbias, C, slack);
	layer_release(&want);
	layer_release(&got);
}

static void
test_sizes(void **state)
{
	static const size_t taps[] = { 1, 2, 3, 8, 21, 40 };

	(void)state;
	for (size_t t = 0; t < LEN(row_counts); t++)
		for (size_t k = 0; k < LEN(taps); k++) {
			try_layer(row_counts[t], 1, 1, taps[k]);
			try_layer(row_counts[t], 6, 2, taps[k]);
			try_layer(row_counts[t], 16, 1, taps[k]);
		}
	try_layer(33, 48, 3, 128);
	try_layer(301, 96, 2, 16);
}

/* What GELU is of, of all groups. */
static void
test_before(void **state)
{
	enum { T = 40, C = 96, GROUPS = 4, TAPS = 3 };
	struct layer l = layer_new(T, C, GROUPS, TAPS);
	const struct bf16_unit *unit = bf16_unit_find(NULL);
	uint16_t half[T * C], before[T * C];
	const struct bf16_out out = {
		.half = half, .ldh = C, .before = before,
		.activate = gelu_rough,
		.bias = l.bias
	};
	uint16_t *packed = malloc(sizeof *packed * conv_grouped_bf16_packed(
		C, GROUPS, TAPS));
	uint16_t *scratch = malloc(sizeof *scratch * conv_grouped_bf16_scratch(
		T, C, GROUPS, TAPS));

	(void)state;
	in_bfloats(&l);
	conv_grouped_bf16_pack(packed, l.weight, C, GROUPS, TAPS);
	conv_grouped_bf16_forward(&out, unit, scratch, l.x, packed, T, C,
	                          GROUPS, TAPS);
	for (size_t i = 0; i < T * C; i++)
		assert_int_equal(before[i], bfloat_from_float(l.y[i]));
	free(packed);
	free(scratch);
	layer_release(&l);
}

static void
test_threads(void **state)
{
	struct layer l[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		omp_set_num_threads(1 + 2 * i);
		l[i] = layer_new(300, 96, 6, 40);
		in_bfloats(&l[i]);
	}
	assert_memory_equal(l[0].y, l[1].y, 300 * 96 * sizeof(float));
	assert_memory_equal(l[0].dx, l[1].dx, 300 * 96 * sizeof(float));
	assert_memory_equal(l[0].dweight, l[1].dweight,
	                    l[0].weights * sizeof(float));
	for (int i = 0; i < 2; i++)
		layer_release(&l[i]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "forward and backward, at many sizes",
		  test_sizes, NULL, NULL, NULL },
		{ "what GELU is of is kept for all groups",
		  test_before, NULL, NULL, NULL },
		{ "results are the same whatever the number of threads",
		  test_threads, NULL, NULL, NULL },
	};

	gemm_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
