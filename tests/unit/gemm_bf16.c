/* gemm_bf16(): each unit of this processor against sums in double. */
#include <float.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "core/chunk.h"
#include "core/half.h"
#include "gemm/bf16_native.h"
#include "gemm/gemm_bf16.h"
#include "nn/gelu.h"
#include "gradient.h"
#include "nn/layernorm.h"

enum { STEP = 32 };

static const char *const names[] = { "plain", "avx512", "amx" };

/* What a naive product makes of the same bfloats. */
static double
naive(const uint16_t *A, size_t lda, const float *B, size_t m, size_t n,
      size_t K)
{
	double sum = 0;

	for (size_t k = 0; k < K; k++)
		sum += (double)bfloat_to_float(A[m * lda + k]) *
		       (double)bfloat_to_float(bfloat_from_float(B[n * K + k]));
	return sum;
}

static uint16_t *
bfloats(size_t n, unsigned long seed)
{
	float *x = random_floats(n, seed);
	uint16_t *y = malloc(n * sizeof *y);

	assert_non_null(y);
	bf16_round(y, x, n, 1);
	free(x);
	return y;
}

/* What GELU was of, rounded. */
static void
before_check(uint16_t before, double want, double slack)
{
	assert_close((double)bfloat_to_float(before), want,
	             slack + fabs(want) / 256);
}

static void
compare(const struct bf16_unit *unit, size_t M, size_t N, size_t K,
        size_t lda)
{
	uint16_t *A = bfloats((M + STEP) * lda + K, 1), *scratch;
	float *B = random_floats(N * K, 2), *bias = random_floats(N, 3);
	float *residual = random_floats(M * N, 4), *y = random_floats(M * N, 5);
	uint16_t *packed = malloc(bf16_packed_length(N, K) * sizeof *packed);
	uint16_t *half = malloc(M * N * sizeof *half);
	uint16_t *before = malloc(M * N * sizeof *before);
	const struct bf16_in in = { .half = A, .ld = lda };
	struct bf16_out out = {
		.ldy = N, .ldh = N, .bias = bias, .ldr = N
	};

	bf16_pack(packed, B, K, N, K);
	scratch = malloc(gemm_bf16_scratch(M, K) * sizeof *scratch);
	for (int way = 0; way < (K % STEP ? 8 : 16); way++) {
		out.activate = way & 1 ? gelu_rough : NULL;
		out.residual = way & 2 ? residual : NULL;
		out.y = way & 4 ? NULL : y;
		out.half = way & 4 ? half : NULL;
		out.before = way & 4 ? before : NULL;
		memset(before, 0xff, M * N * sizeof *before);
		gemm_bf16(&out, unit, &in, packed, M, N, K,
		          way & 8 ? NULL : scratch);
		for (size_t m = 0; m < M; m++)
			for (size_t n = 0; n < N; n++) {
				double want = naive(A, lda, B, m, n, K) +
					(double)bias[n];
				double more = way & 2
					? (double)residual[m * N + n] : 0;
				double got = (double)(way & 4
					? bfloat_to_float(half[m * N + n])
					: y[m * N + n]), slack;

				if (out.before)
					before_check(before[m * N + n], want,
					             2e-5 + 4e-7 * (double)K);
				if (out.activate)
					want *= .5 * erfc(-want / sqrt(2));
				want += more;
				slack = (out.activate ? 6e-5 : 2e-5) +
				        4e-7 * (double)K;
				if (way & 4)
					slack += fabs(want) / 256;
				assert_close(got, want, slack);
			}
	}
	free(A);
	free(B);
	free(bias);
	free(residual);
	free(scratch);
	free(y);
	free(packed);
	free(half);
	free(before);
}

static void
test_products(void **state)
{
	static const size_t sizes[] = { 1, 7, 16, 17, 31, 32, 33, 48, 70 };

	(void)state;
	for (size_t u = 0; u < LEN(names); u++) {
		const struct bf16_unit *unit = bf16_unit_find(names[u]);

		if (!unit)
			continue;
		for (size_t m = 0; m < LEN(sizes); m++)
			for (size_t n = 0; n < LEN(sizes); n++)
				compare(unit, sizes[m], sizes[n],
				        sizes[(m + n) % LEN(sizes)],
				        sizes[(m + n) % LEN(sizes)] + 3);
		compare(unit, 300, 200, 100, 100);
		compare(unit, 700, 40, 8200, 8200); /* tall: by rows */
		compare(unit, 40, 40, 96, 5); /* rows that overlap */
	}
}

/* Does Linux say this word of the first processor? */
static bool
processor_has(const char *word)
{
	FILE *fp = fopen("/proc/cpuinfo", "r");
	char line[1 << 14];
	bool has = false;

	while (fp && fgets(line, sizeof line, fp) && *line != '\n' && !has)
		has = strstr(line, word) != NULL;
	if (fp)
		fclose(fp);
	return has;
}

static void
test_fast(void **state)
{
	const struct bf16_unit *tiles = bf16_unit_find("amx");
	const struct bf16_unit *dots = bf16_unit_find("avx512");

	(void)state;
	assert_false(bf16_unit_fast(bf16_unit_find("plain")));
	assert_true(!tiles || bf16_unit_fast(tiles));
	assert_true(!dots || bf16_unit_fast(dots) ==
	            !(processor_has("GenuineIntel") &&
	              processor_has("avx512_fp16")));
}

/* A normed on the way is the same bits as one normed, and rounded, before. */
static void
compare_norm(const struct bf16_unit *unit, size_t M, size_t N, size_t K)
{
	float *x = random_floats(M * K, 1), *B = random_floats(N * K, 2);
	float *gain = random_floats(K, 3), *bias = random_floats(K, 4);
	float *mean = random_floats(M, 5), *want = random_floats(M * K, 6);
	float *normed = constant_floats(M * K, NAN), *y[2];
	uint16_t *rounded = malloc(M * K * sizeof *rounded);
	uint16_t *packed = malloc(bf16_packed_length(N, K) * sizeof *packed);
	uint16_t *scratch = malloc(gemm_bf16_scratch(M, K) * sizeof *scratch);
	const struct bf16_norm norm = {
		.forward = layernorm_forward, .gain = gain, .bias = bias,
		.epsilon = 1e-5f, .y = normed
	};
	const struct bf16_in in[2] = {
		{ .half = rounded, .ld = K },
		{ .x = x, .norm = &norm, .ld = K }
	};

	layernorm_forward(want, mean, mean, x, gain, bias, M, K, 1e-5f);
	bf16_round(rounded, want, M * K, 1);
	bf16_pack(packed, B, K, N, K);
	for (int i = 0; i < 2; i++) {
		struct bf16_out out = { .ldy = N };

		y[i] = out.y = constant_floats(M * N, NAN);
		gemm_bf16(&out, unit, &in[i], packed, M, N, K, scratch);
	}
	assert_memory_equal(y[0], y[1], M * N * sizeof *y[0]);
	assert_memory_equal(want, normed, M * K * sizeof *want);
	free(x);
	free(B);
	free(gain);
	free(bias);
	free(mean);
	free(want);
	free(normed);
	free(rounded);
	free(packed);
	free(scratch);
	free(y[0]);
	free(y[1]);
}

static void
test_norm(void **state)
{
	(void)state;
	for (size_t u = 0; u < LEN(names); u++) {
		const struct bf16_unit *unit = bf16_unit_find(names[u]);

		if (!unit)
			continue;
		compare_norm(unit, 1, 1, 1);
		compare_norm(unit, 33, 7, 45);
		compare_norm(unit, 249, 96, 768);
		compare_norm(unit, 700, 40, 8200); /* tall */
	}
}

/* A panel after another: see bf16_unit.h. */
static void
layout_check(const uint16_t *packed, const float *B, size_t N, size_t K)
{
	for (size_t n = 0; n < bf16_round_up(N); n++)
		for (size_t k = 0; k < bf16_round_up(K); k++) {
			const uint16_t *panel = packed + n / 32 * 32 *
				bf16_round_up(K);
			const uint16_t *tile = panel + (k / 32 * 2 +
			                                n % 32 / 16) * 512;

			assert_int_equal(tile[k % 32 / 2 * 32 + n % 16 * 2 +
			                      k % 2],
			                 n < N && k < K ? bfloat_from_float(
			                 B[n * K + k]) : 0);
		}
}

static void
test_layout(void **state)
{
	static const size_t sizes[] = { 1, 2, 15, 16, 17, 31, 32, 33, 64, 71 };

	(void)state;
	for (size_t i = 0; i < LEN(sizes); i++)
		for (size_t j = 0; j < LEN(sizes); j++) {
			size_t N = sizes[i], K = sizes[j];
			size_t length = bf16_packed_length(N, K);
			float *B = random_floats(N * K, i + j);
			uint16_t *packed = malloc(length * sizeof *packed);

			memset(packed, 0xff, length * sizeof *packed);
			bf16_pack(packed, B, K, N, K);
			layout_check(packed, B, N, K);
			free(B);
			free(packed);
		}
}

/* The four ways to pack give the same. */
static void
test_packing(void **state)
{
	enum { N = 45, K = 37 };
	size_t length = bf16_packed_length(N, K), size = length * 2;
	uint16_t rows[N * K], columns[N * K];
	uint16_t *one = malloc(size), *two = malloc(size);
	uint16_t *three = malloc(size), *four = malloc(size);
	float *B = random_floats(N * K, 1), *across = random_floats(N * K, 2);
	const float special[] = { INFINITY, -INFINITY, NAN, FLT_MAX, -0.f };

	(void)state;
	memcpy(B, special, sizeof special);
	for (size_t n = 0; n < N; n++)
		for (size_t k = 0; k < K; k++) {
			rows[n * K + k] = bfloat_from_float(B[n * K + k]);
			columns[k * N + n] = rows[n * K + k];
			across[k * N + n] = B[n * K + k];
		}
	bf16_pack(one, B, K, N, K);
	bf16_pack_halves(two, rows, K, N, K);
	bf16_pack_columns(three, columns, N, N, K);
	assert_memory_equal(one, two, size);
	bf16_pack_across(four, across, N, N, K);
	assert_memory_equal(one, three, size);
	assert_memory_equal(one, four, size);
	free(one);
	free(two);
	free(three);
	free(four);
	free(across);
	free(B);
}

/* The same bits in one thread, in two, and inside a parallel region. */
static void
compare_threads(const struct bf16_unit *unit, size_t M, size_t N, size_t K)
{
	int threads = omp_get_max_threads();
	uint16_t *A = bfloats(M * K, 1), *scratch;
	float *B = random_floats(N * K, 2), *y[3];
	uint16_t *packed = malloc(bf16_packed_length(N, K) * sizeof *packed);

	assert_true(chunk_worth_products(M * N * K));
	bf16_pack(packed, B, K, N, K);
	for (int i = 0; i < 3; i++) {
		const struct bf16_in in = { .half = A, .ld = K };
		struct bf16_out out = { .ldy = N };

		omp_set_num_threads(i == 1 ? 2 : 1);
		scratch = malloc(gemm_bf16_scratch(M, K) * sizeof *scratch);
		y[i] = malloc(M * N * sizeof *y[i]);
		out.y = y[i];
		#pragma omp parallel num_threads(1) if (i == 2)
		gemm_bf16(&out, unit, &in, packed, M, N, K, scratch);
		free(scratch);
	}
	omp_set_num_threads(threads);
	assert_memory_equal(y[0], y[1], M * N * sizeof *y[0]);
	assert_memory_equal(y[0], y[2], M * N * sizeof *y[0]);
	for (int i = 0; i < 3; i++)
		free(y[i]);
	free(A);
	free(B);
	free(packed);
}

static void
test_threads(void **state)
{
	(void)state;
	for (size_t u = 0; u < LEN(names); u++) {
		const struct bf16_unit *unit = bf16_unit_find(names[u]);

		if (!unit)
			continue;
		compare_threads(unit, 700, 300, 100);
		compare_threads(unit, 700, 40, 8200); /* tall */
	}
}

static void
test_units(void **state)
{
	(void)state;
	assert_non_null(bf16_unit_find("plain"));
	assert_non_null(bf16_unit_find(NULL));
	assert_null(bf16_unit_find("abacus"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "products, odd sizes, by every unit there is",
		  test_products, NULL, NULL, NULL },
		{ "the unit that auto picks is one that is faster",
		  test_fast, NULL, NULL, NULL },
		{ "normed while it is packed", test_norm, NULL, NULL, NULL },
		{ "panels lie as they are said to, zeros beyond",
		  test_layout, NULL, NULL, NULL },
		{ "packed from floats and bfloats, by rows and columns",
		  test_packing, NULL, NULL, NULL },
		{ "the same bits whatever the threads",
		  test_threads, NULL, NULL, NULL },
		{ "a unit that is not there is not found",
		  test_units, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
