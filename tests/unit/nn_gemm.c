/* gemm(): each combination of sides, strides, empty sizes. */
#include "gradient.h"
#include "nn/gemm.h"

enum { PAD = 3 };

static double
element(const float *A, enum gemm_side side, size_t ld, size_t row, size_t col)
{
	return (double)(side == GEMM_PLAIN ? A[row * ld + col]
	                                   : A[col * ld + row]);
}

static void
compare(enum gemm_side a, enum gemm_side b, size_t M, size_t N, size_t K,
        float beta)
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
	gemm(a, b, M, N, K, 0.5f, A, lda, B, ldb, beta, C, ldc);
	for (size_t m = 0; m < M; m++)
		for (size_t n = 0; n < ldc; n++) {
			double was = (double)old[m * ldc + n], sum = 0;

			for (size_t k = 0; k < K && n < N; k++)
				sum += 0.5 * element(A, a, lda, m, k)
				       * element(B, b, ldb, k, n);
			sum += n < N ? (double)beta * was : was;
			assert_close((double)C[m * ldc + n], sum, 2e-5);
		}
	free(A);
	free(B);
	free(C);
	free(old);
}

static void
sides(size_t M, size_t N, size_t K)
{
	for (int i = 0; i < 12; i++)
		compare(i & 1 ? GEMM_TRANSPOSED : GEMM_PLAIN,
		        i & 2 ? GEMM_TRANSPOSED : GEMM_PLAIN,
		        M, N, K, (float)(i / 4) / 2);
}

static void
test_sides(void **state)
{
	(void)state;
	for (size_t m = 0; m < LEN(row_counts); m++)
		for (size_t c = 0; c < LEN(channel_counts); c++)
			sides(row_counts[m], channel_counts[c],
			      channel_counts[LEN(channel_counts) - 1 - c]);
}

static void
test_empty(void **state)
{
	(void)state;
	sides(0, 5, 7);
	sides(5, 0, 7);
	sides(5, 7, 0);
	sides(0, 0, 0);
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
		{ "the same product twice gives the same bytes",
		  test_repeatable, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("gemm", tests, NULL, NULL);
}
