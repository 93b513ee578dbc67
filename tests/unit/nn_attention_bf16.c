/*
 * attention_bf16_forward(), against attention_forward() in floats of queries,
 * keys and values that are rounded beforehand.
 */
#include <omp.h>

#include "core/chunk.h"
#include "core/half.h"
#include "gemm/gemm.h"
#include "gradient.h"
#include "nn/attention_bf16.h"

static const char *const names[] = { "plain", "avx512", "amx" };

struct layer {
	float *qkv, *out, *gate, *relative; /* of attention in floats */
	float *bias;              /* of values, that qkv lacks */
	uint16_t *halves;
	struct attention_extra extra;
	size_t T, C, heads;
};

/* Rows beyond T, which may be read, are NaN. */
static struct layer
layer_new(size_t T, size_t D, size_t heads, bool gated)
{
	size_t C = D * heads, rows = bf16_round_up(T);
	struct layer l = {
		.qkv = random_floats(rows * 3 * C, 1),
		.out = constant_floats(T * C, NAN),
		.gate = random_floats(T * heads, 2),
		.relative = random_floats(heads * (2 * T - 1), 3),
		.bias = random_floats(C, 4),
		.halves = malloc(rows * 3 * C * sizeof *l.halves),
		.T = T, .C = C, .heads = heads
	};

	if (gated)
		l.extra = (struct attention_extra){
			.gate = l.gate, .relative = l.relative
		};
	for (size_t i = 0; i < rows * 3 * C; i++) {
		uint16_t half = bfloat_from_float(i < T * 3 * C ? l.qkv[i]
		                                                : NAN);

		l.halves[i] = half;
		l.qkv[i] = bfloat_to_float(half);
		if (i % (3 * C) < C) /* what attention_forward divides by */
			l.qkv[i] *= sqrtf((float)D);
	}
	return l;
}

static void
layer_release(struct layer *l)
{
	free(l->qkv);
	free(l->out);
	free(l->gate);
	free(l->relative);
	free(l->bias);
	free(l->halves);
}

/* The caller frees it. */
static uint16_t *
attend(const struct layer *l, const struct bf16_unit *unit)
{
	uint16_t *out = malloc(l->T * l->C * sizeof *out);
	size_t bytes = attention_bf16_scratch(l->T, l->C, l->heads);
	void *scratch = aligned_alloc(64, bytes);

	assert_non_null(out);
	assert_non_null(scratch);
	memset(scratch, 0xff, bytes); /* NaN */
	attention_bf16_forward(out, scratch, l->halves, l->bias, &l->extra,
	                       unit, l->T, l->C, l->heads);
	free(scratch);
	return out;
}

/* What attention_forward() has in its values. */
static void
bias_add(struct layer *l)
{
	for (size_t t = 0; t < l->T; t++)
		for (size_t c = 0; c < l->C; c++)
			l->qkv[(3 * t + 2) * l->C + c] += l->bias[c];
}

/* Shares are rounded, and so is the result. */
static void
compare(const struct bf16_unit *unit, size_t T, size_t D, bool gated)
{
	struct layer l = layer_new(T, D, 2, gated);
	float *scratch = constant_floats(attention_scratch(T), NAN);
	uint16_t *out = attend(&l, unit);

	bias_add(&l);
	attention_forward(l.out, NULL, scratch, l.qkv, &l.extra, T, l.C, 2);
	for (size_t i = 0; i < T * l.C; i++)
		assert_close((double)bfloat_to_float(out[i]),
		             (double)l.out[i], .01 + fabs((double)l.out[i]) /
		             128);
	free(out);
	free(scratch);
	layer_release(&l);
}

static void
test_sizes(void **state)
{
	static const size_t rows[] = { 1, 31, 33, 129, 300 };
	static const size_t widths[] = { 1, 5, 16, 64, 80 };

	(void)state;
	for (size_t u = 0; u < LEN(names); u++) {
		const struct bf16_unit *unit = bf16_unit_find(names[u]);

		for (size_t t = 0; unit && t < LEN(rows); t++)
			for (size_t d = 0; d < LEN(widths); d++) {
				compare(unit, rows[t], widths[d], false);
				compare(unit, rows[t], widths[d], true);
			}
	}
}

static void
test_threads(void **state)
{
	struct layer l = layer_new(300, 64, 6, true);
	int threads = omp_get_max_threads();
	uint16_t *out[2];

	(void)state;
	assert_true(chunk_worth_products(l.T * l.T * l.C));
	for (int i = 0; i < 2; i++) {
		omp_set_num_threads(1 + 2 * i);
		out[i] = attend(&l, bf16_unit_find(NULL));
	}
	omp_set_num_threads(threads);
	assert_memory_equal(out[0], out[1], l.T * l.C * sizeof *out[0]);
	free(out[0]);
	free(out[1]);
	layer_release(&l);
}

/* What cannot be computed with is not hidden. */
static void
test_nan(void **state)
{
	struct layer l = layer_new(40, 16, 1, false);
	uint16_t *out;

	(void)state;
	l.halves[16] = bfloat_from_float(NAN); /* a key of row 0 */
	out = attend(&l, bf16_unit_find(NULL));
	for (size_t i = 0; i < l.T * l.C; i++)
		assert_true(isnan(bfloat_to_float(out[i])));
	free(out);
	layer_release(&l);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "attention, gated or not, at many sizes, by every unit",
		  test_sizes, NULL, NULL, NULL },
		{ "the same whatever the number of threads",
		  test_threads, NULL, NULL, NULL },
		{ "a NaN reaches all that attend to it",
		  test_nan, NULL, NULL, NULL },
	};

	gemm_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
