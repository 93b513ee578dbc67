/*
 * train/sinkhorn: plans that can be had with a pencil, and their sums.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/rng.h"
#include "kd/sinkhorn.h"

static void
close_to(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance * fmax(1, fabs(want))))
		fail_msg("got %.12g, want %.12g", got, want);
}

/* Of costs 0 and c: P_ii / P_ij = exp(c / e). */
static void
test_two(void **state)
{
	static const double costs[] = { 0, 1e-6, .01, .3, 5, 60 };
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++) {
		double c = costs[i], e = .1, C[] = { 0, c, c, 0 };
		double off = .5 / (1 + exp(c / e)), on = .5 - off;
		double ot = sinkhorn(C, 2, e, &arena);

		close_to(C[0], on, 1e-10);
		close_to(C[1], off, 1e-10);
		close_to(C[2], off, 1e-10);
		close_to(ot, 2 * off * c + 2 * e *
		         (on * log(4 * on) +
		          (off > 0 ? off * log(4 * off) : 0)), 1e-10);
	}
	arena_release(&arena);
}

static void
test_sums(void **state)
{
	enum { N = 40 };
	struct arena arena = ARENA_INIT;
	struct rng rng;

	(void)state;
	rng_init(&rng, 3);
	for (double size = 1e-3; size < 100; size *= 10) {
		double C[N * N], P[N * N], ot, sum = 0;

		for (size_t i = 0; i < N * N; i++)
			C[i] = P[i] = size * (double)rng_uniform(&rng);
		ot = sinkhorn(P, N, .01, &arena);
		for (size_t i = 0; i < N; i++) {
			double row = 0, column = 0;

			for (size_t j = 0; j < N; j++) {
				double p = P[i * N + j];

				row += p;
				column += P[j * N + i];
				sum += p * C[i * N + j];
				if (p > 0)
					sum += .01 * p * log(p * N * N);
			}
			close_to(row * N, 1, 1e-6);
			close_to(column * N, 1, 1e-6);
		}
		close_to(ot, sum, 1e-6);
	}
	arena_release(&arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "two by two, the plan is that of the formula",
		  test_two, NULL, NULL, NULL },
		{ "rows and columns are even, and both sides of OT agree",
		  test_sums, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
