/* gemm(): each combination of sides, strides, empty sizes. */
#define _DEFAULT_SOURCE /* setenv */
#include <cblas.h>
#include <omp.h>
#include <string.h>

#include "gemm/gemm.h"
#include "gradient.h"

enum { PAD = 3, WIDE_M = 259, WIDE_N = 203, WIDE_K = 700 };

typedef void product(enum gemm_side a, enum gemm_side b,
                     size_t M, size_t N, size_t K,
                     float alpha, const float *A, size_t lda,
                     const float *B, size_t ldb,
                     float beta, float *C, size_t ldc);

static double
element(const float *A, enum gemm_side side, size_t ld, size_t row, size_t col)
{
	return (double)(side == GEMM_PLAIN ? A[row * ld + col]
	                                   : A[col * ld + row]);
}

static void
compare(product *multiply, enum gemm_side a, enum gemm_side b,
        size_t M, size_t N, size_t K, float beta)
{
	size_t lda = (a == GEMM_PLAIN ? K : M) + PAD;
	size_t ldb = (b == GEMM_PLAIN ? N : K) + PAD, ldc = N + PAD;
	float *A = random_floats((M + K) * lda, 1);
	float *B = random_floats((N + K) * ldb, 2);
	float *C = random_floats(M * ldc, 3), *old = random_floats(M * ldc, 3);

	if (beta == 0)
		for (size_t m = 0; m < M; m++)
			for (size_t n = 0; n < N; n++)
				C[m * ldc + n] = NAN;
	multiply(a, b, M, N, K, 0.5f, A, lda, B, ldb, beta, C, ldc);
	for (size_t m = 0; m < M; m++)
		for (size_t n = 0; n < ldc; n++) {
			double was = (double)old[m * ldc + n], sum = 0;

			for (size_t k = 0; k < K && n < N; k++)
				sum += 0.5 * element(A, a, lda, m, k)
				       * element(B, b, ldb, k, n);
			sum += n < N ? (double)beta * was : was;
			assert_close((double)C[m * ldc + n], sum,
			             1e-5 + 1e-7 * (double)K);
		}
	free(A);
	free(B);
	free(C);
	free(old);
}

static void
sides(product *multiply, size_t M, size_t N, size_t K)
{
	for (int i = 0; i < 12; i++)
		compare(multiply, i & 1 ? GEMM_TRANSPOSED : GEMM_PLAIN,
		        i & 2 ? GEMM_TRANSPOSED : GEMM_PLAIN,
		        M, N, K, (float)(i / 4) / 2);
}

static void
test_sides(void **state)
{
	(void)state;
	for (size_t m = 0; m < LEN(row_counts); m++)
		for (size_t c = 0; c < LEN(channel_counts); c++)
			sides(gemm, row_counts[m], channel_counts[c],
			      channel_counts[LEN(channel_counts) - 1 - c]);
}

static void
test_empty(void **state)
{
	(void)state;
	sides(gemm, 0, 5, 7);
	sides(gemm_wide, 0, 5, 7);
	sides(gemm, 5, 0, 7);
	sides(gemm_wide, 5, 0, 7);
	sides(gemm, 5, 7, 0);
	sides(gemm_wide, 5, 7, 0);
	sides(gemm, 0, 0, 0);
	sides(gemm_wide, 0, 0, 0);
}

static void
test_unstrided_empty(void **state)
{
	float C[4] = { 1, 2, 3, 4 };

	(void)state;
	gemm(GEMM_PLAIN, GEMM_PLAIN, 2, 2, 0, 1, C, 0, C, 2, 1, C, 2);
	assert_true(C[0] == 1 && C[3] == 4);
	gemm(GEMM_PLAIN, GEMM_PLAIN, 2, 2, 0, 1, C, 0, C, 2, 0, C, 2);
	assert_true(C[0] == 0 && C[3] == 0);
}

/* Sizes that no tile divides. */
static void
test_wide(void **state)
{
	(void)state;
	assert_true(gemm_cut(WIDE_M, WIDE_N, WIDE_K).tiles > 2);
	for (int i = 0; i < 4; i++)
		compare(gemm_wide, i & 1 ? GEMM_TRANSPOSED : GEMM_PLAIN,
		        i & 2 ? GEMM_TRANSPOSED : GEMM_PLAIN,
		        WIDE_M, WIDE_N, WIDE_K, (float)i);
	sides(gemm_wide, 7, 5, 16);
}

/* Each place is in one tile, whatever the shape. */
static void
test_tiles(void **state)
{
	static const size_t sizes[] = { 1, 3, 16, 100, 700 };
	static const size_t depths[] = { 1, 700, 1000000 };

	(void)state;
	for (size_t i = 0; i < LEN(sizes) * LEN(sizes) * LEN(depths); i++) {
		size_t M = sizes[i % LEN(sizes)];
		size_t N = sizes[i / LEN(sizes) % LEN(sizes)];
		size_t K = depths[i / LEN(sizes) / LEN(sizes)];
		float *count = constant_floats(M * N, 0);
		struct gemm_cut cut = gemm_cut(M, N, K);

		for (size_t j = 0; j < cut.tiles; j++) {
			struct gemm_tile t = gemm_tile(&cut, j);

			for (size_t k = 0; k < t.rows * t.columns; k++)
				count[(t.m + k / t.columns) * N + t.n
				      + k % t.columns]++;
		}
		for (size_t j = 0; j < M * N; j++)
			assert_true(count[j] == 1);
		free(count);
	}
}

static void
test_bias(void **state)
{
	size_t M = WIDE_M, N = WIDE_N, K = WIDE_K;
	float *A = random_floats(M * K, 1), *B = random_floats(K * N, 2);
	float *bias = random_floats(N, 3), *C = constant_floats(M * N, NAN);
	float *D = constant_floats(M * N, NAN);

	(void)state;
	gemm_onto_bias(GEMM_PLAIN, GEMM_PLAIN, M, N, K, A, K, B, N, bias, C, N);
	for (size_t m = 0; m < M; m++)
		memcpy(D + m * N, bias, N * sizeof *D);
	gemm_wide(GEMM_PLAIN, GEMM_PLAIN, M, N, K, 1, A, K, B, N, 1, D, N);
	assert_memory_equal(C, D, M * N * sizeof *C);
	free(A);
	free(B);
	free(C);
	free(D);
	free(bias);
}

/* One thread or three; within a region as in it without tiles. */
static void
test_threads(void **state)
{
	size_t M = WIDE_M, N = WIDE_N, K = WIDE_K;
	float *A = random_floats(M * K, 1), *B = random_floats(K * N, 2);
	float *C[5];

	(void)state;
	for (int i = 0; i < 5; i++) {
		C[i] = constant_floats(M * N, NAN);
		omp_set_num_threads(i % 2 ? 3 : 1);
		if (i < 2)
			gemm_wide(GEMM_PLAIN, GEMM_PLAIN, M, N, K, 1,
			          A, K, B, N, 0, C[i], N);
		#pragma omp parallel for
		for (int j = 0; j < 3; j++)
			if (i >= 2 && j == 0)
				(i < 4 ? gemm_wide : gemm)(
					GEMM_PLAIN, GEMM_PLAIN, M, N, K, 1,
					A, K, B, N, 0, C[i], N);
	}
	assert_memory_equal(C[0], C[1], M * N * sizeof(float));
	assert_memory_equal(C[2], C[3], M * N * sizeof(float));
	assert_memory_equal(C[2], C[4], M * N * sizeof(float));
	for (int i = 0; i < 5; i++)
		free(C[i]);
	free(A);
	free(B);
}

static void
test_begin(void **state)
{
	(void)state;
	omp_set_num_threads(3);
	gemm_begin();
	assert_int_equal(omp_get_max_threads(), 3);
}

static void
test_repeatable(void **state)
{
	size_t n = 144;
	float *A = random_floats(n * n, 1), *B = random_floats(n * n, 2);
	float *C = gradient_floats(n * n), *D = gradient_floats(n * n);

	(void)state;
	gemm(GEMM_PLAIN, GEMM_PLAIN, n, n, n, 1, A, n, B, n, 0, C, n);
	gemm(GEMM_PLAIN, GEMM_PLAIN, n, n, n, 1, A, n, B, n, 0, D, n);
	assert_memory_equal(C, D, n * n * sizeof *C);
	free(A);
	free(B);
	free(C);
	free(D);
}

#if defined(__x86_64__) && defined(__GNUC__)

extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

/* What an OpenBLAS picks that does not know the processor. */
static void
core_forget(void)
{
	setenv("OPENBLAS_CORETYPE", "Prescott", 1);
	gotoblas_dynamic_quit();
	gotoblas_dynamic_init();
	unsetenv("OPENBLAS_CORETYPE");
}

static void
test_core(void **state)
{
	const char *named = getenv("OPENBLAS_CORETYPE");
	char *was = named ? strdup(named) : NULL;

	(void)state;
	if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit ||
	    !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
		skip();
	core_forget();
	assert_string_equal(openblas_get_corename(), "Prescott");
	gemm_begin();
	assert_string_not_equal(openblas_get_corename(), "Prescott");
	assert_null(getenv("OPENBLAS_CORETYPE"));
	sides(gemm, 130, 67, 70);
	core_forget();
	setenv("OPENBLAS_CORETYPE", "Prescott", 1);
	gemm_begin();
	assert_string_equal(openblas_get_corename(), "Prescott");
	unsetenv("OPENBLAS_CORETYPE");
	gemm_begin();
	if (was)
		setenv("OPENBLAS_CORETYPE", was, 1);
	free(was);
}

#else

static void
test_core(void **state)
{
	(void)state;
	skip();
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "plain and transposed sides at many sizes",
		  test_sides, NULL, NULL, NULL },
		{ "a size of zero still applies beta",
		  test_empty, NULL, NULL, NULL },
		{ "a row stride of zero is allowed where there is no row",
		  test_unstrided_empty, NULL, NULL, NULL },
		{ "a product in tiles, of sizes that no tile divides",
		  test_wide, NULL, NULL, NULL },
		{ "tiles cover every place once",
		  test_tiles, NULL, NULL, NULL },
		{ "a product onto a bias is one onto rows of it",
		  test_bias, NULL, NULL, NULL },
		{ "results are the same whatever the number of threads",
		  test_threads, NULL, NULL, NULL },
		{ "a BLAS of one thread leaves us the others",
		  test_begin, NULL, NULL, NULL },
		{ "the same product twice gives the same bytes",
		  test_repeatable, NULL, NULL, NULL },
		{ "kernels suit a processor that BLAS does not know",
		  test_core, NULL, NULL, NULL },
	};

	gemm_begin();
	return cmocka_run_group_tests_name("gemm", tests, NULL, NULL);
}
