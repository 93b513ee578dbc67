/* AdamW, the schedule, clipping, the running mean; PyTorch is in student.c. */
#include <string.h>

#include "gradient.h"
#include "train/adamw.h"

/* One element in double, as the paper writes it. */
static void
plain(double *x, double *m, double *v, double g, size_t step,
      const struct adamw *o)
{
	double b1 = (double)o->beta1, b2 = (double)o->beta2;

	*m = b1 * *m + (1 - b1) * g;
	*v = b2 * *v + (1 - b2) * g * g;
	*x -= (double)o->rate *
		(*m / (1 - pow(b1, (double)step)) /
		 (sqrt(*v / (1 - pow(b2, (double)step))) +
		  (double)o->epsilon) + (double)o->decay * *x);
}

static void
test_step(void **state)
{
	enum { N = 37, STEPS = 50 };
	const struct adamw o = { 1e-2f, .9f, .98f, 1e-6f, .1f };
	float *x = random_floats(N, 1), *g = random_floats(N, 2);
	float m[N] = { 0 }, v[N] = { 0 }, half[N];
	double px[N], pm[N] = { 0 }, pv[N] = { 0 };

	(void)state;
	for (int i = 0; i < N; i++)
		px[i] = (double)x[i];
	for (size_t step = 1; step <= STEPS; step++) {
		for (int i = 0; i < N; i++)
			half[i] = .5f * g[i];
		adamw_step(x, m, v, half, 2, N, step, &o);
		for (int i = 0; i < N; i++) {
			plain(&px[i], &pm[i], &pv[i], (double)g[i], step, &o);
			g[i] = .9f * g[i] + .01f * (float)(i - 18);
		}
	}
	for (int i = 0; i < N; i++)
		assert_close((double)x[i], px[i], 1e-5);
	free(x);
	free(g);
}

static void
test_decay(void **state)
{
	const struct adamw o = { .1f, .9f, .98f, 1e-8f, .5f };
	float x = 2, m = 0, v = 0, g = 0;

	(void)state;
	adamw_step(&x, &m, &v, &g, 1, 1, 1, &o);
	assert_close((double)x, 1.9, 1e-6);
	adamw_step(&x, &m, &v, &g, 1, 0, 1, &o);
	assert_close((double)x, 1.9, 1e-6);
}

static void
test_schedule(void **state)
{
	(void)state;
	assert_close((double)schedule_rate(2, 0, 4, 12), .5, 1e-6);
	assert_close((double)schedule_rate(2, 3, 4, 12), 2, 1e-6);
	assert_close((double)schedule_rate(2, 4, 4, 12), 2, 1e-6);
	assert_close((double)schedule_rate(2, 8, 4, 12), 1, 1e-6);
	assert_close((double)schedule_rate(2, 12, 4, 12), 0, 1e-6);
	assert_true(schedule_rate(2, 1000000, 4, 12) == 0);
	assert_true(schedule_rate(2, 0, 0, 0) == 2);
	assert_true(schedule_rate(2, 999, 10, 0) == 2);
	assert_true(schedule_rate(2, 7, 0, 5) == 0);
	for (size_t step = 5; step < 12; step++)
		assert_true(schedule_rate(2, step, 4, 12) <
		            schedule_rate(2, step - 1, 4, 12));
}

static void
test_norm(void **state)
{
	enum { N = 200003 };
	float *g = random_floats(N, 3);
	double sum = 0;

	(void)state;
	for (int i = 0; i < N; i++)
		sum += (double)g[i] * (double)g[i];
	assert_close((double)gradient_norm(g, N), sqrt(sum), 1e-4 * sqrt(sum));
	assert_close((double)gradient_norm(g, 1), fabs((double)g[0]), 1e-6);
	assert_true(gradient_norm(g, 0) == 0);
	free(g);
}

static void
test_clip(void **state)
{
	(void)state;
	assert_true(clip_scale(10, 0) == 1);
	assert_true(clip_scale(10, 11) == 1);
	assert_true(clip_scale(0, 1) == 1);
	assert_close((double)clip_scale(10, 1), .1, 1e-7);
}

static void
test_average(void **state)
{
	float average = 1, x = 3;

	(void)state;
	average_step(&average, &x, 1, 0, .999f); /* decay is 1/10 at first */
	assert_close((double)average, 2.8, 1e-6);
	average = 1;
	average_step(&average, &x, 1, 1000000, .75f);
	assert_close((double)average, 1.5, 1e-6);
	average_step(&average, &x, 1, 5, 0);
	assert_close((double)average, 3, 1e-6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "fifty steps are those of the formula",
		  test_step, NULL, NULL, NULL },
		{ "without a gradient only decay acts",
		  test_decay, NULL, NULL, NULL },
		{ "the rate rises, then falls to 0 and stays there",
		  test_schedule, NULL, NULL, NULL },
		{ "the norm is that of a plain sum, whatever the length",
		  test_norm, NULL, NULL, NULL },
		{ "only a gradient beyond the limit is scaled",
		  test_clip, NULL, NULL, NULL },
		{ "the running mean follows fast at first",
		  test_average, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
