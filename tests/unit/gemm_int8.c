/*
 * gemm_int8() against the formula of its header, in whole numbers, on every
 * unit that the processor has; and how near it is to the product of floats.
 */
#include <stdio.h>
#include <string.h>

#include "gemm/gemm_int8.h"
#include "gradient.h"

static const char *const names[] = { "amx", "vnni", "avx2", "plain" };

struct try {
	size_t M, N, K, lda;
	float *A, *W, *bias, *residual, *y;
	struct int8_matrix packed;
	void *scratch;
};

static void
try_begin(struct try *t, size_t M, size_t N, size_t K, size_t lda)
{
	const float one = 1;
	const float *part;

	*t = (struct try){ M, N, K, lda, .W = random_floats(N * K, 2) };
	t->A = random_floats((M - 1) * lda + K, 1);
	t->bias = random_floats(N, 3);
	t->residual = random_floats(M * N, 4);
	t->y = constant_floats(M * N, NAN);
	part = t->W;
	int8_pack(&t->packed, &part, &one, 1, N, K);
	t->scratch = aligned_alloc(64, (gemm_int8_scratch(M, K) + 63) / 64 *
	                           64);
}

static void
try_end(struct try *t)
{
	int8_matrix_release(&t->packed);
	free(t->scratch);
	free(t->A);
	free(t->W);
	free(t->bias);
	free(t->residual);
	free(t->y);
}

static void
twice(float *y, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = 2 * x[i];
}

static float
row_scale(const float *x, size_t K)
{
	float most = 0;

	for (size_t k = 0; k < K; k++)
		most = fmaxf(most, fabsf(x[k]));
	return most / 127;
}

/* sum_k q w, whose parts are rounded as the header says. */
static double
naive(const float *a, const float *w, size_t K)
{
	float s = row_scale(w, K), t = row_scale(a, K);
	float inverse = t > 0 ? 127 / (t * 127) : 0;
	long sum = 0;

	for (size_t k = 0; k < K && s > 0; k++)
		sum += lrintf(a[k] * inverse) * lrintf(w[k] / s);
	return (double)sum * (double)s * (double)t;
}

/* Rounding to whole numbers may fall on either side where it is a tie. */
static void
formula_try(size_t M, size_t N, size_t K, size_t lda)
{
	struct try t;

	try_begin(&t, M, N, K, lda);
	for (size_t u = 0; u < LEN(names); u++) {
		const struct int8_unit *unit = int8_unit_find(names[u]);
		const struct bf16_out out = {
			.y = t.y, .ldy = N, .bias = t.bias,
			.activate = twice, .residual = t.residual, .ldr = N
		};

		if (!unit)
			continue;
		gemm_int8(&out, unit, t.A, lda, &t.packed, M, t.scratch);
		for (size_t i = 0; i < M * N; i++) {
			const float *a = t.A + i / N * lda;
			const float *w = t.W + i % N * K;
			double one = 127 * (double)row_scale(a, K) *
				(double)row_scale(w, K);
			double want = 2 * (naive(a, w, K) +
			                   (double)t.bias[i % N]) +
				(double)t.residual[i];

			if (!(fabs((double)t.y[i] - want) <=
			      4 * one + 1e-5 * fabs(want)))
				fail_msg("%s [%zu,%zu,%zu]: got %g, want %g",
				         names[u], M, N, K, (double)t.y[i],
				         want);
		}
	}
	try_end(&t);
}

static void
test_formula(void **state)
{
	static const size_t sizes[][3] = {
		{ 1, 1, 1 }, { 1, 33, 64 }, { 2, 32, 63 }, { 3, 64, 65 },
		{ 31, 5, 130 }, { 32, 31, 512 }, { 33, 96, 600 },
		{ 130, 70, 129 }
	};

	(void)state;
	for (size_t i = 0; i < LEN(sizes); i++)
		formula_try(sizes[i][0], sizes[i][1], sizes[i][2],
		            sizes[i][2]);
	formula_try(20, 40, 96, 32); /* rows that overlap */
	formula_try(20, 40, 96, 100);
}

/* Units, threads and other rows change no bit. */
static void
test_same(void **state)
{
	enum { M = 150, N = 100, K = 333 };
	float *y = constant_floats((size_t)M * N, NAN);
	struct bf16_out out = { .ldy = N };
	struct try t;

	(void)state;
	try_begin(&t, M, N, K, K);
	out.y = t.y;
	gemm_int8(&out, &int8_plain, t.A, K, &t.packed, M, t.scratch);
	out.y = y;
	for (size_t u = 0; u < LEN(names); u++) {
		const struct int8_unit *unit = int8_unit_find(names[u]);

		if (!unit)
			continue;
		printf("# unit %s\n", names[u]);
		gemm_int8(&out, unit, t.A, K, &t.packed, M, t.scratch);
		assert_memory_equal(y, t.y, (size_t)M * N * sizeof *y);
		for (size_t m = 0; m < M; m += 7) {
			gemm_int8(&out, unit, t.A + m * K, K, &t.packed, 1,
			          t.scratch);
			assert_memory_equal(y, t.y + m * N, N * sizeof *y);
		}
	}
	free(y);
	try_end(&t);
}

/* Parts have their factors; of floats it is about a per cent off. */
static void
test_near(void **state)
{
	enum { M = 40, N = 96, K = 256 };
	const float factor[] = { .5f, 1, 2 };
	double off = 0, all = 0;
	const float *part[3];
	struct bf16_out out = { .ldy = N };
	struct int8_matrix packed;
	struct try t;

	(void)state;
	try_begin(&t, M, N, K, K);
	out.y = t.y;
	for (size_t p = 0; p < 3; p++)
		part[p] = t.W + p * ((size_t)N / 3 * K);
	int8_pack(&packed, part, factor, 3, N, K);
	gemm_int8(&out, int8_unit_find(NULL), t.A, K, &packed, M, t.scratch);
	for (size_t m = 0; m < M; m++)
		for (size_t n = 0; n < N; n++) {
			double want = dot(t.A + m * K, t.W + n * K, K) *
				(double)factor[n / (N / 3)];

			all += want * want;
			off += pow((double)t.y[m * N + n] - want, 2);
		}
	assert_true(sqrt(off / all) < .015);
	assert_true(off > 0);
	int8_matrix_release(&packed);
	try_end(&t);
}

static void
test_edges(void **state)
{
	enum { M = 4, N = 33, K = 70 };
	struct bf16_out out = { .ldy = N };
	struct try t;

	(void)state;
	for (size_t u = 0; u < LEN(names); u++) {
		const struct int8_unit *unit = int8_unit_find(names[u]);

		if (!unit)
			continue;
		try_begin(&t, M, N, K, K);
		out.y = t.y;
		out.bias = t.bias;
		memset(t.A, 0, K * sizeof *t.A);
		t.A[t.K + 3] = NAN;
		t.A[2 * t.K + 5] = INFINITY;
		for (size_t k = 0; k < t.K; k++)
			t.A[3 * t.K + k] = 1e-42f;
		gemm_int8(&out, unit, t.A, K, &t.packed, M, t.scratch);
		for (size_t n = 0; n < t.N; n++) {
			assert_true(t.y[n] == t.bias[n]);
			assert_true(!isfinite(t.y[t.N + n]));
			assert_true(!isfinite(t.y[2 * t.N + n]));
			assert_close((double)t.y[3 * t.N + n],
			             (double)t.bias[n], 1e-30);
		}
		try_end(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "the product is the formula, on every unit",
		  test_formula, NULL, NULL, NULL },
		{ "units, other rows and threads change no bit",
		  test_same, NULL, NULL, NULL },
		{ "it is near the product of floats, and parts have factors",
		  test_near, NULL, NULL, NULL },
		{ "rows of zeros, denormals, and what is not finite",
		  test_edges, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
