/* What is rounded off weights, for a mean, against sums in double. */
#include <float.h>
#include <omp.h>

#include "core/half.h"
#include "gemm/bf16_native.h"
#include "gemm/bf16_remainder.h"
#include "gradient.h"

static uint16_t *
remainder_new(const float *W, size_t N, size_t K)
{
	uint16_t *r = xmalloc(bf16_remainder_length(N, K), sizeof *r);

	bf16_remainder_pack(r, W, N, K);
	return r;
}

/* Each product within half a step of a row's 127, the sum in float. */
static void
try_bias(size_t N, size_t K)
{
	float *W = random_floats(N * K, 1), *mean = random_floats(K, 2);
	float *bias = random_floats(N, 3), *y = constant_floats(N, NAN);
	uint16_t *r;

	for (size_t i = 0; i < N * K; i++) /* of many sizes */
		W[i] *= powf(2, (float)(i % 7) - 3);
	r = remainder_new(W, N, K);
	bf16_remainder_bias(y, r, bias, mean, N, K);
	for (size_t n = 0; n < N; n++) {
		double want = (double)bias[n], most = 0, span = 0;

		for (size_t k = 0; k < K; k++) {
			double w = (double)W[n * K + k];
			double off = w - (double)bfloat_to_float(
				bfloat_from_float(W[n * K + k]));

			want += off * (double)mean[k];
			most = fmax(most, fabs(off));
			span += fabs((double)mean[k]);
		}
		assert_close((double)y[n], want, span * most / 250 + 1e-6);
	}
	free(W);
	free(mean);
	free(bias);
	free(y);
	free(r);
}

static void
test_bias(void **state)
{
	static const size_t sizes[] = { 1, 3, 16, 33, 100, 513 };

	(void)state;
	for (size_t n = 0; n < LEN(sizes); n++)
		for (size_t k = 0; k < LEN(sizes); k++)
			try_bias(sizes[n], sizes[k]);
}

/* None of what is a bfloat, infinite, NaN, or infinite when it is rounded. */
static void
test_special(void **state)
{
	const float W[] = { 1, INFINITY, NAN, FLT_MAX, -FLT_MAX, 0, -0.0f,
	                    -INFINITY };
	const float mean[LEN(W)] = { 1, 2, 3, 4, 5, 6, 7, 8 }, bias = 3;
	uint16_t *r = remainder_new(W, 1, LEN(W));
	float y;

	(void)state;
	bf16_remainder_bias(&y, r, &bias, mean, 1, LEN(W));
	assert_true(y == bias);
	free(r);
}

static void
test_means(void **state)
{
	static const size_t rows[] = { 1, 2, 49 };
	static const size_t widths[] = { 1, 17, 256, 300, 3072 };

	(void)state;
	for (size_t i = 0; i < LEN(rows) * LEN(widths); i++) {
		size_t T = rows[i / LEN(widths)], C = widths[i % LEN(widths)];
		float *x = random_floats(T * C, 1), *mean, *rounded;
		uint16_t *half = xmalloc(T * C, sizeof *half);

		mean = constant_floats(C, NAN);
		rounded = constant_floats(C, NAN);
		bf16_round(half, x, T * C, 1);
		rows_mean(mean, x, T, C);
		rows_mean_halves(rounded, half, T, C);
		for (size_t c = 0; c < C; c++) {
			double sum = 0, other = 0;

			for (size_t t = 0; t < T; t++) {
				sum += (double)x[t * C + c];
				other += (double)bfloat_to_float(
					half[t * C + c]);
			}
			assert_close((double)mean[c], sum / (double)T, 1e-6);
			assert_close((double)rounded[c], other / (double)T,
			             1e-6);
		}
		free(x);
		free(half);
		free(mean);
		free(rounded);
	}
}

static void
test_threads(void **state)
{
	enum { N = 700, K = 800 };
	int threads = omp_get_max_threads();
	float *W = random_floats(N * K, 1), *bias = random_floats(N, 2);
	float mean[2][K], y[2][N];
	uint16_t *r = remainder_new(W, N, K);

	(void)state;
	for (int i = 0; i < 2; i++) {
		omp_set_num_threads(1 + 2 * i);
		rows_mean(mean[i], W, N, K);
		bf16_remainder_bias(y[i], r, bias, mean[i], N, K);
	}
	omp_set_num_threads(threads);
	assert_memory_equal(mean[0], mean[1], sizeof mean[0]);
	assert_memory_equal(y[0], y[1], sizeof y[0]);
	free(W);
	free(bias);
	free(r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "a bias, of matrices of many sizes",
		  test_bias, NULL, NULL, NULL },
		{ "nothing of what is not finite", test_special, NULL, NULL,
		  NULL },
		{ "means of rows, floats or bfloats", test_means, NULL, NULL,
		  NULL },
		{ "the same whatever the number of threads", test_threads,
		  NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
