/* Buckets of distance, the bias that they give, and its gate. */
#include "gradient.h"
#include "nn/relative_bias.h"

struct bias {
	float *relative, *embed, *drelative;
	size_t T, heads, buckets, farthest;
};

struct gate {
	float *gate, *x, *weight, *bias, *scale, *dgate;
	size_t T, C, heads;
};

static double
bias_loss(void *p)
{
	struct bias *b = p;

	relative_bias_forward(b->relative, b->embed, b->T, b->heads,
	                      b->buckets, b->farthest);
	return dot(b->relative, b->drelative, b->heads * (2 * b->T - 1));
}

static double
gate_loss(void *p)
{
	struct gate *g = p;

	relative_gate_forward(g->gate, g->x, g->weight, g->bias, g->scale,
	                      g->T, g->C, g->heads);
	return dot(g->gate, g->dgate, g->T * g->heads);
}

/* The 320 buckets of WavLM; from 80 on each is 2.9 % further. */
static void
test_buckets(void **state)
{
	(void)state;
	assert_int_equal(relative_bucket(0, 320, 800), 0);
	assert_int_equal(relative_bucket(-79, 320, 800), 79);
	assert_int_equal(relative_bucket(79, 320, 800), 160 + 79);
	assert_int_equal(relative_bucket(-80, 320, 800), 80);
	assert_int_equal(relative_bucket(80, 320, 800), 160 + 80);
	for (ptrdiff_t d = 81; d < 5000; d++) {
		double place = 80 + 80 * log((double)d / 80) / log(10);
		size_t bucket = place < 159 ? (size_t)place : 159;

		assert_int_equal(relative_bucket(-d, 320, 800), bucket);
		assert_int_equal(relative_bucket(d, 320, 800), 160 + bucket);
	}
	assert_int_equal(relative_bucket(-1000000, 320, 800), 159);
}

/* A power of two of the exact ones is where rounding would show. */
static void
test_borders(void **state)
{
	(void)state;
	assert_int_equal(relative_bucket(-15, 32, 128), 9);
	assert_int_equal(relative_bucket(-16, 32, 128), 10);
	assert_int_equal(relative_bucket(-32, 32, 128), 12);
	assert_int_equal(relative_bucket(-64, 32, 128), 14);
	assert_int_equal(relative_bucket(64, 32, 128), 30);
	assert_int_equal(relative_bucket(-128, 32, 128), 15);
}

static void
try_bias(size_t T, size_t heads, size_t buckets, size_t farthest)
{
	size_t wide = 2 * T - 1;
	float *dembed = gradient_floats(buckets * heads);
	struct bias b = {
		.relative = constant_floats(heads * wide, NAN),
		.embed = random_floats(buckets * heads, 1),
		.drelative = random_floats(heads * wide, 2),
		.T = T, .heads = heads, .buckets = buckets,
		.farthest = farthest
	};

	bias_loss(&b);
	for (size_t i = 0; i < heads * wide; i++) {
		ptrdiff_t d = (ptrdiff_t)(i % wide) - (ptrdiff_t)(T - 1);
		size_t at = relative_bucket(d, buckets, farthest);

		assert_true(b.relative[i] == b.embed[at * heads + i / wide]);
	}
	relative_bias_backward(dembed, b.drelative, T, heads, buckets,
	                       farthest);
	check_gradient(bias_loss, &b, b.embed, dembed, buckets * heads);
	free(dembed);
	free(b.relative);
	free(b.embed);
	free(b.drelative);
}

static void
test_bias(void **state)
{
	(void)state;
	for (size_t t = 0; t < LEN(row_counts); t++) {
		try_bias(row_counts[t], 1, 8, 10);
		try_bias(row_counts[t], 3, 32, 50);
		try_bias(row_counts[t], 12, 320, 800);
	}
}

/* One row of one head, with the formula written out. */
static double
expected(const struct gate *g, size_t t, size_t h)
{
	size_t D = g->C / g->heads;
	const float *x = g->x + t * g->C + h * D;
	double half[2], a;

	for (size_t i = 0; i < 2; i++) {
		double u = 0;

		for (size_t j = 4 * i; j < 4 * i + 4; j++)
			u += (double)g->bias[j] + dot(x, g->weight + j * D, D);
		half[i] = 1 / (1 + exp(-u));
	}
	a = half[0];
	return a * (half[1] * (double)g->scale[h] - 1) + 2;
}

static void
differentiate(struct gate *g)
{
	size_t D = g->C / g->heads;
	float *dx = gradient_floats(g->T * g->C), *db = gradient_floats(8);
	float *dw = gradient_floats(8 * D), *ds = gradient_floats(g->heads);

	relative_gate_backward(dx, dw, db, ds, g->dgate, g->x, g->weight,
	                       g->bias, g->scale, g->T, g->C, g->heads);
	check_gradient(gate_loss, g, g->x, dx, g->T * g->C);
	check_gradient(gate_loss, g, g->weight, dw, 8 * D);
	check_gradient(gate_loss, g, g->bias, db, 8);
	check_gradient(gate_loss, g, g->scale, ds, g->heads);
	free(dx);
	free(dw);
	free(db);
	free(ds);
}

static void
try_gate(size_t T, size_t C, size_t heads)
{
	struct gate g = {
		.gate = constant_floats(T * heads, NAN),
		.x = random_floats(T * C, 1),
		.weight = random_floats(8 * (C / heads), 2),
		.bias = random_floats(8, 3),
		.scale = random_floats(heads, 4),
		.dgate = random_floats(T * heads, 5),
		.T = T, .C = C, .heads = heads
	};

	for (size_t i = 0; i < 8 * (C / heads); i++)
		g.weight[i] *= 0.2f; /* not all gates saturated */
	gate_loss(&g);
	for (size_t t = 0; t < T; t++)
		for (size_t h = 0; h < heads; h++)
			assert_close((double)g.gate[t * heads + h],
			             expected(&g, t, h), 1e-5);
	differentiate(&g);
	free(g.gate);
	free(g.x);
	free(g.weight);
	free(g.bias);
	free(g.scale);
	free(g.dgate);
}

static void
test_gate(void **state)
{
	(void)state;
	for (size_t t = 0; t < LEN(row_counts); t++) {
		try_gate(row_counts[t], 1, 1);
		try_gate(row_counts[t], 5, 5);
		try_gate(row_counts[t], 16, 4);
		try_gate(row_counts[t], 144, 3);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "near distances have a bucket each, far ones share by log",
		  test_buckets, NULL, NULL, NULL },
		{ "a distance on a bucket's border is in the further one",
		  test_borders, NULL, NULL, NULL },
		{ "a bias is its bucket's, and so is its gradient",
		  test_bias, NULL, NULL, NULL },
		{ "the gate and its gradients, at many sizes",
		  test_gate, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("relative_bias", tests,
	                                   NULL, NULL);
}
