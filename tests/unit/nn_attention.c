/* attention_forward() and attention_backward(). */
#include "gradient.h"
#include "nn/attention.h"

struct layer {
	float *out, *probability, *scratch, *qkv, *dout;
	size_t T, C, heads;
};

static double
loss(void *p)
{
	struct layer *l = p;

	attention_forward(l->out, l->probability, l->scratch, l->qkv, NULL,
	                  l->T, l->C, l->heads);
	return dot(l->out, l->dout, l->T * l->C);
}

/* One query of one head: out[c] for each of the head's channels. */
static void
compare_query(const struct layer *l, size_t h, size_t t)
{
	size_t D = l->C / l->heads, ld = 3 * l->C;
	const float *k = l->qkv + l->C + h * D, *v = k + l->C;
	const float *p = l->probability + (h * l->T + t) * l->T;
	double sum = 0;

	for (size_t s = 0; s < l->T; s++)
		sum += exp(dot(l->qkv + t * ld + h * D, k + s * ld, D)
		           / sqrt((double)D));
	for (size_t s = 0; s < l->T; s++)
		assert_close((double)p[s],
		             exp(dot(l->qkv + t * ld + h * D, k + s * ld, D)
		                 / sqrt((double)D)) / sum, 1e-5);
	for (size_t c = 0; c < D; c++) {
		double mix = 0;

		for (size_t s = 0; s < l->T; s++)
			mix += (double)p[s] * (double)v[s * ld + c];
		assert_close((double)l->out[t * l->C + h * D + c], mix, 1e-5);
	}
}

static void
try_layer(size_t T, size_t C, size_t heads)
{
	float *dqkv = gradient_floats(T * 3 * C);
	struct layer l = {
		.out = constant_floats(T * C, NAN),
		.probability = constant_floats(heads * T * T, NAN),
		.scratch = constant_floats(attention_scratch(T), NAN),
		.qkv = random_floats(T * 3 * C, 1),
		.dout = random_floats(T * C, 2),
		.T = T, .C = C, .heads = heads
	};

	loss(&l);
	for (size_t h = 0; h < heads; h++)
		for (size_t t = 0; t < T; t++)
			compare_query(&l, h, t);
	attention_backward(dqkv, NULL, NULL, l.scratch, l.dout, l.qkv,
	                   l.probability, NULL, T, C, heads);
	check_gradient(loss, &l, l.qkv, dqkv, T * 3 * C);
	free(dqkv);
	free(l.scratch);
	free(l.out);
	free(l.probability);
	free(l.qkv);
	free(l.dout);
}

static void
test_sizes(void **state)
{
	(void)state;
	for (size_t t = 0; t < LEN(row_counts); t++) {
		try_layer(row_counts[t], 1, 1);
		try_layer(row_counts[t], 5, 1);
		try_layer(row_counts[t], 5, 5);
		try_layer(row_counts[t], 16, 4);
		try_layer(row_counts[t], 144, 4);
	}
}

static void
test_single_row(void **state)
{
	float *qkv = random_floats(3 * 16, 1), out[16], probability[4];
	float *scratch = constant_floats(attention_scratch(1), NAN);

	(void)state;
	attention_forward(out, probability, scratch, qkv, NULL, 1, 16, 4);
	free(scratch);
	assert_all_close(out, qkv + 32, 16, 1e-6);
	free(qkv);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "attention and the gradient of all it reads, at many sizes",
		  test_sizes, NULL, NULL, NULL },
		{ "a single row attends to itself",
		  test_single_row, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("attention", tests, NULL, NULL);
}
