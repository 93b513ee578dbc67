/* attention_forward() and attention_backward(). */
#include <omp.h>

#include "core/chunk.h"
#include "gemm/gemm_bf16.h"
#include "gradient.h"
#include "nn/attention.h"
#include "nn/dropout.h"

/* What joins in, as bits; and products in bfloat16. */
enum { RELATIVE = 1, DROPOUT = 2, ALL = 4, ROUNDED = 4 };

struct layer {
	float *out, *probability, *scratch, *qkv, *dout, *gate, *relative;
	uint8_t *mask;
	uint16_t *rounded;
	struct attention_extra extra;
	size_t T, C, heads;
};

struct gradient {
	float *qkv, *gate, *relative;
};

static double
loss(void *p)
{
	struct layer *l = p;

	attention_forward(l->out, l->probability, l->scratch, l->qkv,
	                  &l->extra, l->T, l->C, l->heads);
	return dot(l->out, l->dout, l->T * l->C);
}

static double
score(const struct layer *l, size_t h, size_t t, size_t s)
{
	size_t D = l->C / l->heads, ld = 3 * l->C;
	const float *q = l->qkv + h * D, *k = q + l->C;
	double sum = dot(q + t * ld, k + s * ld, D) / sqrt((double)D);

	if (l->extra.gate)
		sum += (double)l->gate[t * l->heads + h] * (double)l->relative
			[h * (2 * l->T - 1) + l->T - 1 + s - t];
	return sum;
}

/* One query of one head: out[c] for each of the head's channels. */
static void
compare_query(const struct layer *l, size_t h, size_t t)
{
	size_t D = l->C / l->heads, at = (h * l->T + t) * l->T;
	const float *v = l->qkv + 2 * l->C + h * D;
	double sum = 0;

	for (size_t s = 0; s < l->T; s++)
		sum += exp(score(l, h, t, s));
	for (size_t s = 0; s < l->T; s++)
		assert_close((double)l->probability[at + s],
		             exp(score(l, h, t, s)) / sum, 1e-5);
	for (size_t c = 0; c < D; c++) {
		double mix = 0;

		for (size_t s = 0; s < l->T; s++) {
			double p = (double)l->probability[at + s];

			if (l->extra.mask)
				p *= l->mask[at + s] ? 1 / .75 : 0;
			mix += p * (double)v[s * 3 * l->C + c];
		}
		assert_close((double)l->out[t * l->C + h * D + c], mix, 1e-5);
	}
}

static struct layer
layer_new(size_t T, size_t C, size_t heads, int joins)
{
	struct layer l = {
		.out = constant_floats(T * C, NAN),
		.probability = constant_floats(heads * T * T, NAN),
		.scratch = constant_floats(attention_scratch(T), NAN),
		.qkv = random_floats(T * 3 * C, 1),
		.dout = random_floats(T * C, 2),
		.gate = random_floats(T * heads, 3),
		.relative = random_floats(heads * (2 * T - 1), 4),
		.mask = xmalloc(heads * T * T, 1),
		.rounded = xmalloc(attention_rounded(T, C / heads),
		                   sizeof *l.rounded),
		.T = T, .C = C, .heads = heads
	};
	struct rng r;

	rng_init(&r, 5);
	dropout_mask(l.mask, &r, .25f, heads * T * T);
	if (joins & RELATIVE) {
		l.extra.gate = l.gate;
		l.extra.relative = l.relative;
	}
	if (joins & DROPOUT) {
		l.extra.mask = l.mask;
		l.extra.share = .25f;
	}
	if (joins & ROUNDED) {
		l.extra.unit = bf16_unit_find(NULL);
		l.extra.rounded = l.rounded;
	}
	return l;
}

static void
layer_release(struct layer *l)
{
	free(l->out);
	free(l->probability);
	free(l->scratch);
	free(l->qkv);
	free(l->dout);
	free(l->gate);
	free(l->relative);
	free(l->mask);
	free(l->rounded);
}

static struct gradient
backward(const struct layer *l)
{
	size_t wide = 2 * l->T - 1;
	struct gradient d = {
		.qkv = gradient_floats(l->T * 3 * l->C),
		.gate = gradient_floats(l->T * l->heads),
		.relative = gradient_floats(l->heads * wide)
	};

	attention_backward(d.qkv, d.gate, d.relative, l->scratch, l->dout,
	                   l->qkv, l->probability, &l->extra,
	                   l->T, l->C, l->heads);
	return d;
}

static void
gradient_release(struct gradient *d)
{
	free(d->qkv);
	free(d->gate);
	free(d->relative);
}

static void
try_joins(size_t T, size_t C, size_t heads, int joins)
{
	struct layer l = layer_new(T, C, heads, joins);
	struct gradient d;

	loss(&l);
	for (size_t h = 0; h < heads; h++)
		for (size_t t = 0; t < T; t++)
			compare_query(&l, h, t);
	d = backward(&l);
	check_gradient(loss, &l, l.qkv, d.qkv, T * 3 * C);
	check_gradient(loss, &l, l.gate, d.gate, T * heads);
	check_gradient(loss, &l, l.relative, d.relative, heads * (2 * T - 1));
	gradient_release(&d);
	layer_release(&l);
}

static void
try_layer(size_t T, size_t C, size_t heads)
{
	for (int joins = 0; joins < ALL; joins++)
		try_joins(T, C, heads, joins);
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

/* More queries than are taken at once. */
static void
test_long(void **state)
{
	(void)state;
	try_layer(150, 8, 2);
	try_joins(300, 4, 1, 0);
}

static void
test_single_row(void **state)
{
	struct layer l = layer_new(1, 16, 4, RELATIVE);

	(void)state;
	loss(&l);
	assert_all_close(l.out, l.qkv + 32, 16, 1e-6);
	layer_release(&l);
}

static void
test_no_probability(void **state)
{
	(void)state;
	for (int joins = 0; joins < ALL; joins++) {
		struct layer l = layer_new(150, 16, 4, joins);
		float *out = constant_floats(150 * 16, NAN);

		loss(&l);
		attention_forward(out, NULL, l.scratch, l.qkv, &l.extra,
		                  150, 16, 4);
		assert_memory_equal(out, l.out, 150 * 16 * sizeof *out);
		free(out);
		layer_release(&l);
	}
}

/* x is near y in relative L2, but not the same. */
static void
near(const float *x, const float *y, size_t n)
{
	double off = 0, length = 0;

	for (size_t i = 0; i < n; i++) {
		off += pow((double)x[i] - (double)y[i], 2);
		length += pow((double)y[i], 2);
	}
	assert_true(off > 0 && sqrt(off) <= .02 * sqrt(length));
}

/* Products in bfloat16, by the best unit; nn_gemm_rounded has the others. */
static void
try_rounded(size_t T, size_t C, size_t heads, int joins)
{
	struct layer l = layer_new(T, C, heads, joins);
	struct layer r = layer_new(T, C, heads, joins | ROUNDED);
	struct gradient dl, dr;

	loss(&l);
	loss(&r);
	dl = backward(&l);
	dr = backward(&r);
	near(r.out, l.out, T * C);
	near(dr.qkv, dl.qkv, T * 3 * C);
	if (joins & RELATIVE) {
		near(dr.gate, dl.gate, T * heads);
		near(dr.relative, dl.relative, heads * (2 * T - 1));
	}
	gradient_release(&dl);
	gradient_release(&dr);
	layer_release(&l);
	layer_release(&r);
}

static void
test_rounded(void **state)
{
	(void)state;
	for (int joins = 0; joins < ALL; joins++) {
		try_rounded(2, 16, 4, joins);
		try_rounded(33, 15, 3, joins);
		try_rounded(150, 128, 2, joins);
		try_rounded(300, 80, 1, joins);
	}
}

static void
try_threads(int joins)
{
	size_t T = 300, C = 96; /* worth threads */
	struct layer l[2];
	struct gradient d[2];

	assert_true(chunk_worth_products(T * T * C));
	for (int i = 0; i < 2; i++) {
		omp_set_num_threads(1 + 2 * i);
		l[i] = layer_new(T, C, 4, joins);
		loss(&l[i]);
		d[i] = backward(&l[i]);
	}
	assert_memory_equal(l[0].out, l[1].out, T * C * sizeof(float));
	assert_memory_equal(d[0].qkv, d[1].qkv, T * 3 * C * sizeof(float));
	assert_memory_equal(d[0].gate, d[1].gate, T * 4 * sizeof(float));
	assert_memory_equal(d[0].relative, d[1].relative,
	                    4 * (2 * T - 1) * sizeof(float));
	for (int i = 0; i < 2; i++) {
		layer_release(&l[i]);
		gradient_release(&d[i]);
	}
}

static void
test_threads(void **state)
{
	int threads = omp_get_max_threads();

	(void)state;
	try_threads(RELATIVE | DROPOUT);
	try_threads(RELATIVE | DROPOUT | ROUNDED);
	omp_set_num_threads(threads);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "attention and the gradient of all it reads, at many sizes",
		  test_sizes, NULL, NULL, NULL },
		{ "queries in several blocks", test_long, NULL, NULL, NULL },
		{ "a single row attends to itself",
		  test_single_row, NULL, NULL, NULL },
		{ "the same bytes with probabilities kept and without",
		  test_no_probability, NULL, NULL, NULL },
		{ "products in bfloat16, and their gradients, are near",
		  test_rounded, NULL, NULL, NULL },
		{ "results are the same whatever the number of threads",
		  test_threads, NULL, NULL, NULL },
	};

	gemm_begin();
	return cmocka_run_group_tests_name("attention", tests, NULL, NULL);
}
