#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/rng.h"
#include "feat/fft.h"

enum { LANES = FFT_LANES };

struct buffers { double *frame, *spectrum, *z; float *power; };

static struct buffers
buffers_take(struct arena *a, size_t n)
{
	return (struct buffers){
		.frame = arena_take(a, n, sizeof(double)),
		.spectrum = arena_take(a, n, sizeof(double)),
		.z = memset(arena_take(a, n * LANES, sizeof(double)), 0,
			    n * LANES * sizeof(double)),
		.power = arena_floats(a, (n / 2 + 1) * LANES),
	};
}

/* |X[k]|^2 by the definition. */
static double
naive_power(const double *x, size_t n, size_t k)
{
	double re = 0, im = 0;

	for (size_t i = 0; i < n; i++) {
		double angle = 2 * 3.14159265358979323846 *
			       (double)(i * k % n) / (double)n;

		re += x[i] * cos(angle);
		im -= x[i] * sin(angle);
	}
	return re * re + im * im;
}

static void
check_size(size_t n)
{
	struct arena a = ARENA_INIT;
	struct buffers b;
	struct fft f;
	struct rng r;

	rng_init(&r, n);
	fft_init(&f, n);
	b = buffers_take(&a, n);
	for (size_t i = 0; i < n; i++)
		b.frame[i] = rng_normal(&r);
	fft_forward(b.z, 5, b.spectrum, b.frame, &f);
	fft_power(b.power, b.z, &f);
	for (size_t k = 0; k <= n / 2; k++) {
		double want = naive_power(b.frame, n, k);
		double limit = 1e-7 * want + 1e-12 * (double)n;

		assert_true(fabs(b.power[k * LANES + 5] - want) < limit);
	}
	fft_release(&f);
	arena_release(&a);
}

static void
naive(void **state)
{
	(void)state;
	for (size_t n = 4; n <= 2048; n *= 2)
		check_size(n);
}

static void
lanes(void **state)
{
	enum { N = 512 };
	struct arena a = ARENA_INIT;
	struct buffers b = buffers_take(&a, N);
	struct fft f;
	struct rng r;

	(void)state;
	rng_init(&r, 1);
	fft_init(&f, N);
	for (size_t lane = 0; lane < LANES; lane++) {
		float scale = lane % 2 ? 1e6f : 1;

		for (size_t i = 0; i < N; i++)
			b.frame[i] = scale * rng_normal(&r);
		fft_forward(b.z, lane, b.spectrum, b.frame, &f);
	}
	/* The same frame in the first and the last lane. */
	fft_forward(b.z, 0, b.spectrum, b.frame, &f);
	fft_power(b.power, b.z, &f);
	for (size_t k = 0; k <= N / 2; k++)
		assert_memory_equal(&b.power[k * LANES],
				    &b.power[k * LANES + LANES - 1],
				    sizeof(float));
	fft_release(&f);
	arena_release(&a);
}

static void
keeps_input(void **state)
{
	enum { N = 64 };
	struct arena a = ARENA_INIT;
	struct buffers b = buffers_take(&a, N);
	double before[N];
	struct fft f;

	(void)state;
	fft_init(&f, N);
	for (size_t i = 0; i < N; i++)
		before[i] = b.frame[i] = (double)(i * i % 17);
	fft_forward(b.z, 0, b.spectrum, b.frame, &f);
	assert_memory_equal(before, b.frame, sizeof before);
	fft_release(&f);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "power spectra equal a naive DFT's at all sizes",
		  naive, NULL, NULL, NULL },
		{ "a spectrum does not depend on its lane or neighbours",
		  lanes, NULL, NULL, NULL },
		{ "the frame is kept", keeps_input, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
