/*
 * The layers against PyTorch: outputs and every gradient.
 * tests/golden/nn.py wrote the numbers and says how.
 */
#include <stdio.h>
#include <string.h>

#include "gradient.h"
#include "nn/attention.h"
#include "nn/conv1d.h"
#include "nn/conv_grouped.h"
#include "nn/depthwise.h"
#include "nn/gelu.h"
#include "nn/groupnorm.h"
#include "nn/layernorm.h"
#include "nn/linear.h"
#include "nn/pool.h"
#include "nn/softmax.h"
#include "nn/weightnorm.h"

/* The array of that name, which must have n elements; the caller frees it. */
static float *
golden(const char *name, size_t n)
{
	FILE *f = fopen("tests/golden/nn.f32", "rb");
	float *data = constant_floats(n, NAN);
	char found[64];
	size_t count;

	assert_non_null(f);
	while (fscanf(f, "%63s %zu", found, &count) == 2) {
		assert_int_equal(getc(f), '\n');
		if (strcmp(found, name) == 0) {
			assert_int_equal(count, n);
			assert_int_equal(fread(data, sizeof *data, n, f), n);
			fclose(f);
			return data;
		}
		fseek(f, (long)(count * sizeof *data), SEEK_CUR);
	}
	fail_msg("no %s in tests/golden/nn.f32", name);
	return NULL;
}

/* Compares x with the array of that name, less what gradients start at. */
static void
match_from(const char *name, const float *x, size_t n, float start)
{
	float *expected = golden(name, n);

	for (size_t i = 0; i < n; i++)
		assert_close((double)(x[i] - start), (double)expected[i], 1e-5);
	free(expected);
}

static void
match(const char *name, float *x, size_t n)
{
	match_from(name, x, n, 0);
	free(x);
}

static void
match_gradient(const char *name, float *x, size_t n)
{
	match_from(name, x, n, GRADIENT_START);
	free(x);
}

static void
test_linear(void **state)
{
	float *x = golden("linear.input", 9 * 24), *y = gradient_floats(9 * 20);
	float *w = golden("linear.weight", 20 * 24);
	float *b = golden("linear.bias", 20), *dy = golden("linear.dy", 9 * 20);
	float *dx = gradient_floats(9 * 24), *dw = gradient_floats(20 * 24);
	float *db = gradient_floats(20);

	(void)state;
	linear_forward(y, x, 24, w, b, 9, 24, 20);
	linear_backward(dx, 24, dw, db, dy, x, 24, w, 9, 24, 20);
	match("linear.y", y, 9 * 20);
	match_gradient("linear.dinput", dx, 9 * 24);
	match_gradient("linear.dweight", dw, 20 * 24);
	match_gradient("linear.dbias", db, 20);
	free(x);
	free(w);
	free(b);
	free(dy);
}

static void
test_conv1d(void **state)
{
	float *x = golden("conv1d.x", 20 * 6), *y = gradient_floats(9 * 18);
	float *w = golden("conv1d.weight", 18 * 3 * 6);
	float *b = golden("conv1d.bias", 18), *dy = golden("conv1d.dy", 9 * 18);
	float *dx = gradient_floats(20 * 6), *dw = gradient_floats(18 * 3 * 6);
	float *db = gradient_floats(18);

	(void)state;
	conv1d_forward(y, x, w, b, 20, 6, 18, 3, 2);
	conv1d_backward(dx, dw, db, dy, x, w, 20, 6, 18, 3, 2);
	match("conv1d.y", y, 9 * 18);
	match_gradient("conv1d.dx", dx, 20 * 6);
	match_gradient("conv1d.dweight", dw, 18 * 3 * 6);
	match_gradient("conv1d.dbias", db, 18);
	free(x);
	free(w);
	free(b);
	free(dy);
}

static void
test_depthwise(void **state)
{
	float *x = golden("depthwise.x", 21 * 18);
	float *y = gradient_floats(21 * 18);
	float *w = golden("depthwise.weight", 7 * 18);
	float *b = golden("depthwise.bias", 18);
	float *dy = golden("depthwise.dy", 21 * 18);
	float *dx = gradient_floats(21 * 18), *dw = gradient_floats(7 * 18);
	float *db = gradient_floats(18);

	(void)state;
	depthwise_forward(y, x, w, b, 21, 18, 7);
	depthwise_backward(dx, dw, db, dy, x, w, 21, 18, 7);
	match("depthwise.y", y, 21 * 18);
	match_gradient("depthwise.dx", dx, 21 * 18);
	match_gradient("depthwise.dweight", dw, 7 * 18);
	match_gradient("depthwise.dbias", db, 18);
	free(x);
	free(w);
	free(b);
	free(dy);
}

static void
test_layernorm(void **state)
{
	float *x = golden("layernorm.x", 9 * 24), *y = gradient_floats(9 * 24);
	float *gain = golden("layernorm.gain", 24), mean[9], rstd[9];
	float *bias = golden("layernorm.bias", 24);
	float *dy = golden("layernorm.dy", 9 * 24);
	float *dx = gradient_floats(9 * 24), *dgain = gradient_floats(24);
	float *dbias = gradient_floats(24);

	(void)state;
	layernorm_forward(y, mean, rstd, x, gain, bias, 9, 24, 1e-5f);
	layernorm_backward(dx, dgain, dbias, dy, x, gain, mean, rstd, 9, 24);
	match("layernorm.y", y, 9 * 24);
	match_gradient("layernorm.dx", dx, 9 * 24);
	match_gradient("layernorm.dgain", dgain, 24);
	match_gradient("layernorm.dbias", dbias, 24);
	free(x);
	free(gain);
	free(bias);
	free(dy);
}

static void
test_gelu(void **state)
{
	float *x = golden("gelu.x", 161), *dy = golden("gelu.dy", 161);
	float *y = gradient_floats(161), *dx = gradient_floats(161);

	(void)state;
	gelu_forward(y, x, 161);
	gelu_backward(dx, dy, x, 161);
	match("gelu.y", y, 161);
	match_gradient("gelu.dx", dx, 161);
	free(x);
	free(dy);
}

static void
test_softmax(void **state)
{
	float *x = golden("softmax.x", 105), *dy = golden("softmax.dy", 105);
	float *y = gradient_floats(105), *dx = gradient_floats(105);

	(void)state;
	softmax_forward(y, x, 5, 21);
	softmax_backward(dx, dy, y, 5, 21);
	match("softmax.y", y, 105);
	match_gradient("softmax.dx", dx, 105);
	free(x);
	free(dy);
}

static void
test_log_softmax(void **state)
{
	float *x = golden("log_softmax.x", 105);
	float *y = gradient_floats(105);

	(void)state;
	log_softmax_forward(y, x, 5, 21);
	match("log_softmax.y", y, 105);
	free(x);
}

static void
test_attention(void **state)
{
	float *qkv = golden("attention.qkv", 13 * 48);
	float *dy = golden("attention.dy", 13 * 16);
	float *scratch = constant_floats(attention_scratch(13), NAN);
	float *y = gradient_floats(13 * 16), *dqkv = gradient_floats(13 * 48);
	float probability[4 * 13 * 13];

	(void)state;
	attention_forward(y, probability, scratch, qkv, NULL, 13, 16, 4);
	attention_backward(dqkv, NULL, NULL, scratch, dy, qkv, probability,
	                   NULL, 13, 16, 4);
	free(scratch);
	match("attention.y", y, 13 * 16);
	match_gradient("attention.dqkv", dqkv, 13 * 48);
	free(qkv);
	free(dy);
}

static void
test_groupnorm(void **state)
{
	float *x = golden("groupnorm.x", 19 * 6), *y = gradient_floats(19 * 6);
	float *gain = golden("groupnorm.gain", 6), mean[6], rstd[6];
	float *bias = golden("groupnorm.bias", 6);
	float *dy = golden("groupnorm.dy", 19 * 6);
	float *dx = gradient_floats(19 * 6), *dgain = gradient_floats(6);
	float *dbias = gradient_floats(6);

	(void)state;
	groupnorm_forward(y, mean, rstd, x, gain, bias, 19, 6, 1e-5f);
	groupnorm_backward(dx, dgain, dbias, dy, x, gain, mean, rstd, 19, 6);
	match("groupnorm.y", y, 19 * 6);
	match_gradient("groupnorm.dx", dx, 19 * 6);
	match_gradient("groupnorm.dgain", dgain, 6);
	match_gradient("groupnorm.dbias", dbias, 6);
	free(x);
	free(gain);
	free(bias);
	free(dy);
}

/* weightnorm and conv_grouped together. */
static void
test_positional(void **state)
{
	float *x = golden("positional.x", 15 * 6), *y = gradient_floats(15 * 6);
	float *g = golden("positional.weight_g", 10);
	float *v = golden("positional.weight_v", 6 * 3 * 10);
	float *b = golden("positional.bias", 6);
	float *dy = golden("positional.dy", 15 * 6);
	float *scratch = gradient_floats(conv_grouped_scratch(15, 6, 2, 10));
	float *dx = gradient_floats(15 * 6), *dg = gradient_floats(10);
	float *dv = gradient_floats(6 * 3 * 10), *db = gradient_floats(6);
	float w[6 * 10 * 3], dw[6 * 10 * 3] = { 0 };

	(void)state;
	weightnorm_forward(w, g, v, 6, 3, 10);
	conv_grouped_forward(y, scratch, x, w, b, 15, 6, 2, 10);
	conv_grouped_backward(dx, dw, db, scratch, dy, x, w, 15, 6, 2, 10);
	weightnorm_backward(dg, dv, dw, g, v, 6, 3, 10);
	match("positional.y", y, 15 * 6);
	match_gradient("positional.dx", dx, 15 * 6);
	match_gradient("positional.dweight_g", dg, 10);
	match_gradient("positional.dweight_v", dv, 6 * 3 * 10);
	match_gradient("positional.dbias", db, 6);
	free(scratch);
	free(x);
	free(g);
	free(v);
	free(b);
	free(dy);
}

static void
test_biased(void **state)
{
	float *qkv = golden("biased.qkv", 11 * 36), p[3 * 11 * 11];
	float *gate = golden("biased.gate", 11 * 3);
	float *relative = golden("biased.relative", 3 * 21);
	float *dy = golden("biased.dy", 11 * 12), *y = gradient_floats(11 * 12);
	float *scratch = gradient_floats(attention_scratch(11));
	float *dqkv = gradient_floats(11 * 36), *dgate = gradient_floats(33);
	float *drelative = gradient_floats(63);
	struct attention_extra extra = { .gate = gate, .relative = relative };

	(void)state;
	attention_forward(y, p, scratch, qkv, &extra, 11, 12, 3);
	attention_backward(dqkv, dgate, drelative, scratch, dy, qkv, p, &extra,
	                   11, 12, 3);
	match("biased.y", y, 11 * 12);
	match_gradient("biased.dqkv", dqkv, 11 * 36);
	match_gradient("biased.dgate", dgate, 33);
	match_gradient("biased.drelative", drelative, 63);
	free(scratch);
	free(qkv);
	free(gate);
	free(relative);
	free(dy);
}

static void
test_pool(void **state)
{
	float *score = golden("pool.score", 15), *x = golden("pool.x", 15 * 18);
	float *dy = golden("pool.dy", 36), *y = gradient_floats(36);
	float *dscore = gradient_floats(15), *dx = gradient_floats(15 * 18);
	float weight[15];

	(void)state;
	pool_forward(y, weight, score, x, 15, 18);
	pool_backward(dscore, dx, dy, y, weight, x, 15, 18);
	match("pool.y", y, 36);
	match_gradient("pool.dscore", dscore, 15);
	match_gradient("pool.dx", dx, 15 * 18);
	free(score);
	free(x);
	free(dy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "linear is PyTorch's", test_linear, NULL, NULL, NULL },
		{ "conv1d is PyTorch's", test_conv1d, NULL, NULL, NULL },
		{ "depthwise is PyTorch's", test_depthwise, NULL, NULL, NULL },
		{ "layernorm is PyTorch's", test_layernorm, NULL, NULL, NULL },
		{ "GELU is PyTorch's", test_gelu, NULL, NULL, NULL },
		{ "softmax is PyTorch's", test_softmax, NULL, NULL, NULL },
		{ "log-softmax is PyTorch's",
		  test_log_softmax, NULL, NULL, NULL },
		{ "attention is PyTorch's", test_attention, NULL, NULL, NULL },
		{ "a norm over time is PyTorch's",
		  test_groupnorm, NULL, NULL, NULL },
		{ "a positional convolution is PyTorch's",
		  test_positional, NULL, NULL, NULL },
		{ "WavLM's attention is as written in PyTorch",
		  test_biased, NULL, NULL, NULL },
		{ "pooling is as written in PyTorch",
		  test_pool, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
