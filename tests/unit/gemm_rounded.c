/* gemm_rounded(), against sums in double of what is rounded. */
#include <omp.h>

#include "core/chunk.h"
#include "core/half.h"
#include "gemm/gemm_bf16.h"
#include "gradient.h"

enum { PAD = 3 };

static double
rounded(float x)
{
	return (double)bfloat_to_float(bfloat_from_float(x));
}

/* [rows,columns] of a side, as it is stored. */
struct side {
	enum gemm_side order;
	float *data;
	size_t ld;
};

static struct side
side_new(enum gemm_side order, size_t rows, size_t columns, unsigned seed)
{
	struct side s = { .order = order };
	size_t stored = order == GEMM_PLAIN ? rows : columns;

	s.ld = PAD + (order == GEMM_PLAIN ? columns : rows);
	s.data = random_floats(stored * s.ld, seed);
	return s;
}

static float
element(const struct side *s, size_t row, size_t column)
{
	return s->order == GEMM_PLAIN ? s->data[row * s->ld + column]
	                              : s->data[column * s->ld + row];
}

/* The caller frees y [M,N] and scratch, which is NaN before. */
static float *
multiply(const struct bf16_unit *unit, const struct side *A,
         const struct side *B, float alpha, const float *residual, size_t M,
         size_t N, size_t K)
{
	size_t n = gemm_rounded_scratch(M, N, K);
	uint16_t *scratch = malloc(n * sizeof *scratch);
	float *y = constant_floats(M * N, NAN);
	const struct bf16_out out = {
		.y = y, .ldy = N, .residual = residual, .ldr = N
	};

	assert_non_null(scratch);
	memset(scratch, 0xff, n * sizeof *scratch);
	gemm_rounded(&out, unit, A->order, B->order, M, N, K, alpha, A->data,
	             A->ld, B->data, B->ld, scratch);
	free(scratch);
	return y;
}

static void
compare(const struct bf16_unit *unit, enum gemm_side a, enum gemm_side b,
        size_t M, size_t N, size_t K)
{
	struct side A = side_new(a, M, K, 1), B = side_new(b, K, N, 2);
	float alpha = .3f, *more = random_floats(M * N, 3);
	float *y = multiply(unit, &A, &B, alpha, more, M, N, K);

	for (size_t m = 0; m < M; m++)
		for (size_t n = 0; n < N; n++) {
			double sum = (double)more[m * N + n];

			for (size_t k = 0; k < K; k++)
				sum += rounded(alpha * element(&A, m, k)) *
				       rounded(element(&B, k, n));
			assert_close((double)y[m * N + n], sum,
			             1e-5 * (double)(K + 1));
		}
	free(A.data);
	free(B.data);
	free(more);
	free(y);
}

static void
test_sides(void **state)
{
	static const char *const names[] = { "plain", "avx512", "amx" };
	static const size_t size[] = { 1, 31, 33, 64 };

	(void)state;
	for (size_t u = 0; u < LEN(names); u++) {
		const struct bf16_unit *unit = bf16_unit_find(names[u]);

		for (size_t i = 0; unit && i < 64; i++)
			for (int side = 0; side < 4; side++)
				compare(unit, side & 1 ? GEMM_TRANSPOSED
				                       : GEMM_PLAIN,
				        side & 2 ? GEMM_TRANSPOSED
				                 : GEMM_PLAIN,
				        size[i % 4], size[i / 4 % 4],
				        size[i / 16]);
	}
}

static void
test_threads(void **state)
{
	size_t M = 500, N = 200, K = 300;
	struct side A = side_new(GEMM_TRANSPOSED, M, K, 1);
	struct side B = side_new(GEMM_PLAIN, K, N, 2);
	int threads = omp_get_max_threads();
	float *y[2];

	(void)state;
	assert_true(chunk_worth(M * K) && chunk_worth_products(M * N * K));
	for (int i = 0; i < 2; i++) {
		omp_set_num_threads(1 + 2 * i);
		y[i] = multiply(bf16_unit_find(NULL), &A, &B, 1, NULL, M, N,
		                K);
	}
	omp_set_num_threads(threads);
	assert_memory_equal(y[0], y[1], M * N * sizeof *y[0]);
	free(A.data);
	free(B.data);
	free(y[0]);
	free(y[1]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "either side turned, at many sizes, by every unit",
		  test_sides, NULL, NULL, NULL },
		{ "the same whatever the number of threads",
		  test_threads, NULL, NULL, NULL },
	};

	gemm_begin();
	return cmocka_run_group_tests_name("gemm_rounded", tests, NULL, NULL);
}
