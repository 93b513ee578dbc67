#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/rng.h"
#include "core/xalloc.h"
#include "feat/pitch.h"

enum { K = PITCH_CANDIDATES };

static const double pi = 3.14159265358979323846;

/* Ten harmonics of a pitch gliding from f0 to f1 Hz, noise so far below. */
static float *
glide(size_t n, int rate, double f0, double f1, double decibels)
{
	float *x = xmalloc(n, sizeof *x);
	double phase = 0, noise = 0.3 * pow(10, -decibels / 20);
	struct rng r;

	rng_init(&r, (uint64_t)f0);
	for (size_t i = 0; i < n; i++) {
		double sum = 0;

		phase += f0 * pow(f1 / f0, (double)i / (double)n) / rate;
		for (int h = 1; h <= 10; h++)
			sum += sin(2 * pi * h * phase) / h;
		x[i] = (float)(0.33 * sum + noise * rng_normal(&r));
	}
	return x;
}

struct result { size_t rows; float *logf0, *voicing; };

static struct result
pitch_of(const float *x, size_t n, int rate)
{
	int window = rate / 40, hop = rate / 100;
	size_t rows = (n - (size_t)window) / (size_t)hop + 1;
	struct result out = {
		.rows = rows,
		.logf0 = xmalloc(rows, sizeof(float)),
		.voicing = xmalloc(rows, sizeof(float)),
	};
	struct arena scratch = ARENA_INIT;
	struct pitch p;

	pitch_init(&p, rate, window, hop);
	pitch_forward(out.logf0, out.voicing, 1, x, n, rows, &scratch, &p);
	pitch_release(&p);
	arena_release(&scratch);
	return out;
}

static void
result_release(struct result *r)
{
	free(r->logf0);
	free(r->voicing);
}

static double
sinc(double x)
{
	return fabs(x) < 1e-9 ? 1 : sin(pi * x) / (pi * x);
}

/* The low-passed sample m of pitch.h, from the formula of decimate.h. */
static double
slow_sample(const float *x, long n, long m, long factor, int rate)
{
	long half = (long)ceil(4 * rate / 2000.0);
	double sum = 0, weights = 0;

	for (long j = -half; j <= half; j++) {
		double h = sinc(2000.0 * (double)j / rate) *
			   (1 + cos(pi * (double)j / (double)(half + 1)));
		long at = factor * m + j;

		weights += h;
		if (at >= 0 && at < n)
			sum += h * x[at];
	}
	return sum / weights;
}

struct slow { long count, factor, span; double rate, ballast, *y; };

static struct slow
slow_init(const float *x, long n, int rate)
{
	struct slow s = { .factor = lround(rate / 4000.0) };
	double mean = 0, variance = 0;

	s.rate = (double)rate / (double)s.factor;
	s.span = (long)floor(0.04 * s.rate + 0.5);
	s.count = (n + s.factor - 1) / s.factor;
	s.y = xmalloc((size_t)s.count, sizeof *s.y);
	for (long m = 0; m < s.count; m++) {
		s.y[m] = slow_sample(x, n, m, s.factor, rate);
		mean += s.y[m] / (double)s.count;
	}
	for (long m = 0; m < s.count; m++)
		variance += (s.y[m] - mean) * (s.y[m] - mean);
	s.ballast = 0.1 * (double)s.span * variance / (double)s.count;
	return s;
}

static double
at(const struct slow *s, long m)
{
	return m >= 0 && m < s->count ? s->y[m] : 0;
}

static double
naive_ncc(const struct slow *s, long n, long lag)
{
	double ma = 0, mb = 0, ab = 0, aa = s->ballast, bb = s->ballast;

	for (long i = n; i < n + s->span; i++) {
		ma += at(s, i) / (double)s->span;
		mb += at(s, i + lag) / (double)s->span;
	}
	for (long i = n; i < n + s->span; i++) {
		double a = at(s, i) - ma, b = at(s, i + lag) - mb;

		ab += a * b;
		aa += a * a;
		bb += b * b;
	}
	return ab / sqrt(aa * bb);
}

static void
naive_row(double *ncc, const struct slow *s, long n)
{
	double whole[128];

	for (long lag = 1; lag < 128; lag++)
		whole[lag] = naive_ncc(s, n, lag);
	for (int k = 0; k < K; k++) {
		double lag = s->rate / 60 / pow(10, k / (K - 1.0)), sum = 0;

		for (long l = 1; l < 128; l++)
			if (fabs(lag - (double)l) < 4)
				sum += whole[l] * sinc(lag - (double)l) *
				       (0.5 + 0.5 * cos(pi * (lag -
							(double)l) / 4));
		ncc[k] = fmax(-1, fmin(1, sum));
	}
}

/* The best path the plain way; the candidate of each row. */
static void
naive_path(int *path, double (*ncc)[K], size_t rows)
{
	double score[K] = { 0 }, next[K];
	int (*back)[K] = xmalloc(rows, sizeof *back);

	for (size_t r = 0; r < rows; r++) {
		for (int k = 0; k < K; k++) {
			next[k] = -1e9;
			for (int j = 0; j < K; j++) {
				double s = score[j] - 2.5 * abs(k - j) / K;

				if (s > next[k]) {
					next[k] = s;
					back[r][k] = j;
				}
			}
			next[k] += ncc[r][k] + 0.03 * log2(10) * k / (K - 1);
		}
		memcpy(score, next, sizeof score);
	}
	path[rows - 1] = 0;
	for (int k = 0; k < K; k++)
		if (score[k] > score[path[rows - 1]])
			path[rows - 1] = k;
	for (size_t r = rows; r-- > 1;)
		path[r - 1] = back[r][path[r]];
	free(back);
}

static double
naive_logf0(const double *ncc, int k)
{
	double step = log(10) / (K - 1), top = 0;

	if (k > 0 && k < K - 1) {
		double before = ncc[k] - ncc[k - 1];
		double after = ncc[k] - ncc[k + 1];

		if (before + after > 0)
			top = 0.5 * (before - after) / (before + after);
		top = fmax(-1, fmin(1, top));
	}
	return log(60) + step * (k + top);
}

/* Compare with the plain way; near ties may put a row in fifty apart. */
static void
check_naive(const float *x, size_t n, int rate)
{
	struct result ours = pitch_of(x, n, rate);
	struct slow s = slow_init(x, (long)n, rate);
	double (*ncc)[K] = xmalloc(ours.rows, sizeof *ncc);
	int *path = xmalloc(ours.rows, sizeof *path);
	size_t apart = 0;

	for (size_t r = 0; r < ours.rows; r++) {
		double begin = (2.0 * (double)r * (rate / 100) + rate / 40 +
				(double)s.factor) / (2 * (double)s.factor);

		naive_row(ncc[r], &s, (long)floor(begin -
						  (double)s.span / 2));
	}
	naive_path(path, ncc, ours.rows);
	for (size_t r = 0; r < ours.rows; r++) {
		const double *row = ncc[r];
		double voicing = fmax(0, row[path[r]]);

		apart += fabs(naive_logf0(row, path[r]) - ours.logf0[r]) > 2e-3
			|| fabs(voicing - ours.voicing[r]) > 2e-4;
	}
	assert_true(apart <= ours.rows / 50);
	free(path);
	free(ncc);
	free(s.y);
	result_release(&ours);
}

static void
naive(void **state)
{
	const int rates[] = { 8000, 11025, 16000, 22050, 44100 };

	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		size_t n = (size_t)rates[i] * 7 / 10;
		float *x = glide(n, rates[i], 90, 350, 10);

		/* An offset, and a silent end. */
		for (size_t j = 0; j < n; j++)
			x[j] = j < n * 4 / 5 ? x[j] + 0.2f : 0;
		check_naive(x, n, rates[i]);
		free(x);
	}
}

/* Nothing but the costs holds a path together here. */
static void
naive_noise(void **state)
{
	enum { N = 32000 };
	float *x = glide(N, 16000, 90, 350, -60);

	(void)state;
	check_naive(x, N, 16000);
	free(x);
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median error below 1 %, nine rows in ten below 1.5 %; voiced. */
static void
check_glide(double f0, double f1)
{
	enum { RATE = 16000, N = 2 * RATE };
	float *x = glide(N, RATE, f0, f1, 20);
	struct result out = pitch_of(x, N, RATE);
	double *error = xmalloc(out.rows, sizeof *error), voicing = 0;

	for (size_t r = 0; r < out.rows; r++) {
		/* True pitch at the middle of both spans. */
		double f = f0 * pow(f1 / f0, (160.0 * (double)r + 200) / N);

		error[r] = fabs(out.logf0[r] - log(f));
		voicing += out.voicing[r] / (double)out.rows;
	}
	qsort(error, out.rows, sizeof *error, ascending);
	if (!(error[out.rows / 2] < 0.01 && error[out.rows * 9 / 10] < 0.015))
		fail_msg("%g to %g Hz: median error %g, ninth decile %g",
			 f0, f1, error[out.rows / 2], error[out.rows * 9 / 10]);
	if (!(voicing > 0.85)) /* ballast takes a tenth */
		fail_msg("%g to %g Hz: voicing %g", f0, f1, voicing);
	free(error);
	result_release(&out);
	free(x);
}

static void
tones(void **state)
{
	(void)state;
	for (double f = 65; f < 580; f *= 1.07)
		check_glide(f, f);
	check_glide(80, 160);
	check_glide(300, 120);
	check_glide(150, 450);
}

static void
white_noise(void **state)
{
	enum { N = 32000 };
	float *x = xmalloc(N, sizeof *x);
	struct result out;
	double mean = 0;
	struct rng r;

	(void)state;
	rng_init(&r, 9);
	for (size_t i = 0; i < N; i++)
		x[i] = 0.1f * rng_normal(&r);
	out = pitch_of(x, N, 16000);
	for (size_t i = 0; i < out.rows; i++)
		mean += out.voicing[i] / (double)out.rows;
	assert_true(mean < 0.5);
	result_release(&out);
	free(x);
}

static void
silence(void **state)
{
	enum { N = 8000 };
	const float levels[] = { 0, 1e-30f, 0.5f, 3e38f };
	float *x = xmalloc(N, sizeof *x);

	(void)state;
	for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
		struct result out;

		for (size_t i = 0; i < N; i++)
			x[i] = levels[l];
		out = pitch_of(x, N, 16000);
		for (size_t r = 0; r < out.rows; r++) {
			assert_true(out.logf0[r] >= logf(59.9f) &&
				    out.logf0[r] <= logf(600.1f));
			assert_true(out.voicing[r] >= 0 &&
				    out.voicing[r] <= 1);
			if (levels[l] < 0.1f)
				assert_true(out.voicing[r] == 0);
		}
		result_release(&out);
	}
	free(x);
}

static void
level(void **state)
{
	enum { N = 8000 };
	float *x = glide(N, 16000, 100, 300, 20);
	struct result soft = pitch_of(x, N, 16000), loud;

	(void)state;
	for (size_t i = 0; i < N; i++)
		x[i] *= 32768;
	loud = pitch_of(x, N, 16000);
	assert_memory_equal(soft.logf0, loud.logf0,
			    soft.rows * sizeof(float));
	assert_memory_equal(soft.voicing, loud.voicing,
			    soft.rows * sizeof(float));
	result_release(&soft);
	result_release(&loud);
	free(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "the path is a naive implementation's",
		  naive, NULL, NULL, NULL },
		{ "so it is in white noise", naive_noise, NULL, NULL, NULL },
		{ "tones and glides in noise have their pitch and are voiced",
		  tones, NULL, NULL, NULL },
		{ "white noise is hardly voiced",
		  white_noise, NULL, NULL, NULL },
		{ "silence and offsets give finite rows",
		  silence, NULL, NULL, NULL },
		{ "the level does not matter", level, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
