/* A linear layer in bfloat16: against sums in double of what is rounded. */
#include "core/half.h"
#include "gemm/bf16_native.h"
#include "gemm/gemm_bf16.h"
#include "gradient.h"
#include "nn/linear_bf16.h"

enum { PAD = 3 };

static double
rounded(float x)
{
	return (double)bfloat_to_float(bfloat_from_float(x));
}

/* What lies between rows of x [N,C] is left alone. */
static void
gaps_check(const float *x, size_t N, size_t C, float value)
{
	for (size_t n = 0; n < N; n++)
		for (size_t i = C; i < C + PAD; i++) {
			float gap = x[n * (C + PAD) + i];

			assert_true(isnan(value) ? isnan(gap) : gap == value);
		}
}

/* Long, for it looks at each of the four results. */
static void
compare(const struct bf16_unit *unit, size_t N, size_t I, size_t O)
{
	struct bf16_space space = { .unit = unit };
	size_t ldx = I + PAD, ldy = O + PAD;
	float *x = random_floats(N * ldx, 1), *w = random_floats(O * I, 2);
	float *bias = random_floats(O, 3), *dy = random_floats(N * ldy, 4);
	float *y = constant_floats(N * ldy, NAN);
	float *dx = gradient_floats(N * ldx), *db = gradient_floats(O);
	float *dw = gradient_floats(O * I);
	float *fresh = constant_floats(N * ldx, NAN);
	const struct bf16_in in = { .x = x, .ld = ldx, .alpha = 1 };
	const struct bf16_out out = { .y = y, .ldy = ldy, .bias = bias };
	double slack = 1e-5 * (double)(N + I + O);

	linear_bf16_forward(&out, &in, w, N, I, O, &space);
	linear_bf16_backward(dx, ldx, false, dw, db, dy, ldy, &in, w, N, I,
	                     O, &space);
	linear_bf16_backward(fresh, ldx, true, NULL, NULL, dy, ldy, &in, w,
	                     N, I, O, &space);
	for (size_t n = 0; n < N; n++)
		for (size_t o = 0; o < O; o++) {
			double sum = (double)bias[o];

			for (size_t i = 0; i < I; i++)
				sum += rounded(x[n * ldx + i]) *
				       rounded(w[o * I + i]);
			assert_close((double)y[n * ldy + o], sum, slack);
		}
	for (size_t n = 0; n < N; n++)
		for (size_t i = 0; i < I; i++) {
			double sum = 0;

			for (size_t o = 0; o < O; o++)
				sum += rounded(dy[n * ldy + o]) *
				       rounded(w[o * I + i]);
			assert_close((double)fresh[n * ldx + i], sum, slack);
			assert_close((double)dx[n * ldx + i],
			             sum + (double)GRADIENT_START, slack);
		}
	for (size_t o = 0; o < O; o++) {
		double total = (double)GRADIENT_START;

		for (size_t n = 0; n < N; n++)
			total += (double)dy[n * ldy + o];
		assert_close((double)db[o], total, slack);
		for (size_t i = 0; i < I; i++) {
			double sum = (double)GRADIENT_START;

			for (size_t n = 0; n < N; n++)
				sum += rounded(dy[n * ldy + o]) *
				       rounded(x[n * ldx + i]);
			assert_close((double)dw[o * I + i], sum, slack);
		}
	}
	gaps_check(y, N, O, NAN);
	gaps_check(dx, N, I, GRADIENT_START);
	gaps_check(fresh, N, I, NAN);
	arena_release(&space.arena);
	free(x);
	free(w);
	free(bias);
	free(dy);
	free(y);
	free(dx);
	free(fresh);
	free(dw);
	free(db);
}

/* Of inputs that were rounded before the results are the same. */
static void
compare_rounded(const struct bf16_unit *unit, size_t N, size_t I, size_t O)
{
	struct bf16_space space = { .unit = unit };
	float *x = random_floats(N * I, 1), *w = random_floats(O * I, 2);
	float *dy = random_floats(N * O, 3);
	uint16_t *half = malloc(N * I * sizeof *half);
	const struct bf16_in in[2] = {
		{ .x = x, .ld = I, .alpha = 1 }, { .half = half, .ld = I }
	};
	float *y[2], *dw[2];

	bf16_round(half, x, N * I, 1);
	for (size_t i = 0; i < 2; i++) {
		y[i] = constant_floats(N * O, NAN);
		dw[i] = gradient_floats(O * I);
		linear_bf16_forward(&(struct bf16_out){ .y = y[i], .ldy = O },
		                    &in[i], w, N, I, O, &space);
		linear_bf16_backward(NULL, 0, false, dw[i], NULL, dy, O,
		                     &in[i], w, N, I, O, &space);
	}
	assert_memory_equal(y[0], y[1], N * O * sizeof **y);
	assert_memory_equal(dw[0], dw[1], O * I * sizeof **dw);
	for (size_t i = 0; i < 2; i++) {
		free(y[i]);
		free(dw[i]);
	}
	arena_release(&space.arena);
	free(x);
	free(w);
	free(dy);
	free(half);
}

static void
test_layer(void **state)
{
	static const char *const names[] = { "plain", "avx512", "amx" };

	(void)state;
	for (size_t u = 0; u < LEN(names); u++) {
		const struct bf16_unit *unit = bf16_unit_find(names[u]);

		if (!unit)
			continue;
		for (size_t n = 0; n < LEN(row_counts); n++)
			for (size_t i = 0; i < LEN(channel_counts); i++)
				for (size_t o = 0; o < LEN(channel_counts); o++)
					compare(unit, row_counts[n],
					        channel_counts[i],
					        channel_counts[o]);
		compare(unit, 300, 170, 200); /* worth threads */
		compare_rounded(unit, 300, 192, 200);
		compare_rounded(unit, 31, 170, 33);
	}
}

/* What nobody asks for may be NULL. */
static void
test_nothing(void **state)
{
	struct bf16_space space = { .unit = bf16_unit_find(NULL) };
	float x[4] = { 1, 2, 3, 4 }, w[4] = { 1, 0, 0, 1 }, y[4], dw[4] = { 0 };
	const struct bf16_in in = { .x = x, .ld = 2, .alpha = 1 };
	const struct bf16_out out = { .y = y, .ldy = 2 };

	(void)state;
	linear_bf16_forward(&out, &in, w, 2, 2, 2, &space);
	assert_all_close(y, x, 4, 0);
	linear_bf16_backward(NULL, 0, false, NULL, NULL, y, 2, &in, w, 2, 2, 2,
	                     &space);
	linear_bf16_backward(NULL, 0, false, dw, NULL, y, 2, &in, w, 2, 2, 2,
	                     &space);
	assert_close((double)dw[0], 10, 0);
	arena_release(&space.arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "forward and backward, odd sizes, rows apart",
		  test_layer, NULL, NULL, NULL },
		{ "without bias, or any of the gradients",
		  test_nothing, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
