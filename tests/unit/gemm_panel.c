/* nn/gemm_panel: against the plain sum, and that nothing but it matters. */
#include <omp.h>
#include <string.h>

#include "gemm/gemm_panel.h"
#include "gradient.h"

enum { PAD = 3 };

struct product {
	size_t M, N, K, ldx;
	float *x, *weight, *bias, *y;
};

static void
product_init(struct product *p, size_t M, size_t N, size_t K, size_t ldx)
{
	*p = (struct product){
		.M = M, .N = N, .K = K, .ldx = ldx,
		.x = random_floats(M * ldx + K, 1),
		.weight = random_floats(N * K, 2),
		.bias = random_floats(N, 3),
		.y = constant_floats(M * (N + PAD), NAN)
	};
}

static void
product_release(struct product *p)
{
	free(p->x);
	free(p->weight);
	free(p->bias);
	free(p->y);
}

/* Skips where there is no AVX-512. */
static void
multiply(struct product *p, const float *bias)
{
	if (!gemm_panel(p->y, p->N + PAD, p->x, p->ldx, p->weight, bias, p->M,
	                p->N, p->K)) {
		product_release(p);
		skip();
	}
}

static void
compare(struct product *p, const float *bias)
{
	multiply(p, bias);
	for (size_t m = 0; m < p->M; m++)
		for (size_t n = 0; n < p->N + PAD; n++) {
			float y = p->y[m * (p->N + PAD) + n];
			double sum = bias && n < p->N ? (double)bias[n] : 0;

			if (n >= p->N) {
				assert_true(isnan(y));
				continue;
			}
			for (size_t k = 0; k < p->K; k++)
				sum += (double)p->x[m * p->ldx + k] *
					(double)p->weight[n * p->K + k];
			assert_close(y, sum, 1e-5 + 1e-7 * (double)p->K);
		}
}

/* Sizes that nothing divides, and rows of x that overlap. */
static void
test_sums(void **state)
{
	static const size_t sizes[][4] = {
		{ 259, 203, 701, 701 + PAD }, { 32, 1024, 515, 515 },
		{ 1030, 17, 1000, 1000 }, { 300, 100, 640, 320 },
		{ 511, 1, 40000, 7 }, { 45, 9000, 43, 50 },
		{ 41, 641, 769, 769 }
	};

	(void)state;
	for (size_t i = 0; i < LEN(sizes); i++)
		for (int with = 0; with < 2; with++) {
			struct product p;

			product_init(&p, sizes[i][0], sizes[i][1],
			             sizes[i][2], sizes[i][3]);
			compare(&p, with ? p.bias : NULL);
			product_release(&p);
		}
}

/* A row's bits are the same of fewer rows, and with other threads. */
static void
test_rows(void **state)
{
	int threads = omp_get_max_threads();
	struct product p;
	float *few;

	(void)state;
	product_init(&p, 523, 140, 700, 700);
	multiply(&p, p.bias);
	few = constant_floats(p.M * (p.N + PAD), NAN);
	for (int t = 1; t <= 3; t++) {
		size_t rows = p.M - 100 * (size_t)t;

		omp_set_num_threads(t);
		assert_true(gemm_panel(few, p.N + PAD, p.x, p.ldx, p.weight,
		                       p.bias, rows, p.N, p.K));
		for (size_t m = 0; m < rows; m++)
			assert_memory_equal(few + m * (p.N + PAD),
			                    p.y + m * (p.N + PAD),
			                    p.N * sizeof *few);
	}
	omp_set_num_threads(threads);
	free(few);
	product_release(&p);
}

static void
test_left_alone(void **state)
{
	static const size_t small[][3] = {
		{ 31, 1000, 1000 }, { 100, 100, 100 }, { 5000, 5000, 0 },
		{ 5000, 0, 5000 }, { 0, 5000, 5000 }
	};
	float y = 7;

	(void)state;
	for (size_t i = 0; i < LEN(small); i++)
		assert_false(gemm_panel(&y, 1, NULL, 1, NULL, NULL,
		                        small[i][0], small[i][1],
		                        small[i][2]));
	#pragma omp parallel num_threads(1)
	assert_false(gemm_panel(&y, 1, NULL, 1, NULL, NULL, 500, 500, 500));
	assert_true(y == 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "products are the sums", test_sums, NULL, NULL, NULL },
		{ "a row does not depend on others, nor on threads",
		  test_rows, NULL, NULL, NULL },
		{ "what is small, or another thread's, is left alone",
		  test_left_alone, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
