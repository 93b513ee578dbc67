#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/vector.h"
#include "core/xalloc.h"
#include "feat/pitch.h"

enum {
	K = PITCH_CANDIDATES,
	LANES = 16,
	GROUP = 16,                  /* candidates interpolated at once */
	LAGS = 80,                   /* whole lags used */
	LAGS_ALL = 96,               /* those and the shorter ones */
	SPAN_MAX = 192,
	SIDE = 4,                    /* lags to either side of a candidate */
	NCC_ONE = 1 << 14,
	COST_ONE = 1 << 21,
	INDEX = 128,                 /* a cost and its index share an int32 */
	STEP = (5 * COST_ONE / 2 + K / 2) / K
};

static const double pi = 3.14159265358979323846;
static const double lowest = 60, highest = 600, bonus_per_octave = 0.03;
static const double ballast_share = 0.1;

/* The factor that brings the rate nearest to 4 kHz. */
static size_t
nearest_factor(double rate)
{
	size_t factor = 1;

	while (fabs(rate / (double)(factor + 1) - 4000) <
	       fabs(rate / (double)factor - 4000))
		factor++;
	return factor;
}

static double
candidate_lag(int k, double rate)
{
	return rate / (lowest * pow(highest / lowest, (double)k / (K - 1)));
}

static double
sinc_weight(double distance)
{
	if (fabs(distance) >= SIDE)
		return 0;
	return (fabs(distance) < 1e-9 ? 1 :
		sin(pi * distance) / (pi * distance)) *
	       (0.5 + 0.5 * cos(pi * distance / SIDE));
}

/* Writes the weights of candidates k0 … k0 + 15; returns their number. */
static size_t
group_init(struct pitch *p, size_t g, float *weights, double rate)
{
	int k0 = (int)g * GROUP, k1 = k0 + GROUP < K ? k0 + GROUP : K;
	int longest = (int)candidate_lag(k0, rate) + SIDE;
	int shortest = (int)candidate_lag(k1 - 1, rate) - SIDE + 1;

	p->first[g] = (size_t)shortest - p->lag;
	p->count[g] = (size_t)(longest - shortest + 1);
	for (int lag = shortest; lag <= longest; lag++)
		for (int k = k0; k < k0 + GROUP; k++)
			*weights++ = k >= K ? 0 : (float)sinc_weight(
				candidate_lag(k, rate) - lag);
	return p->count[g] * GROUP;
}

void
pitch_init(struct pitch *p, int rate, int window, int hop)
{
	size_t factor = nearest_factor(rate), used = 0;
	double slow = rate / (double)factor;

	assert(rate >= 6000 && window > 0 && hop > 0);
	p->window = (size_t)window;
	p->hop = (size_t)hop;
	p->span = (size_t)(0.04 * slow + 0.5);
	p->lag = (size_t)candidate_lag(K - 1, slow) - SIDE + 1;
	decimator_init(&p->low, factor, rate, 1000);
	p->weights = xmalloc(PITCH_GROUPS * GROUP, LAGS * sizeof(float));
	for (size_t g = 0; g < PITCH_GROUPS; g++)
		used += group_init(p, g, p->weights + used, slow);
	assert(p->span <= SPAN_MAX && p->lag + LAGS <= LAGS_ALL);
	assert(p->first[0] + p->count[0] <= LAGS);
	for (int k = 0; k < K; k++)
		p->bonus[k] = (int32_t)lround(COST_ONE * bonus_per_octave *
			log2(highest / lowest) * k / (K - 1));
}

/* dot[j] = sum over i < n of a[i] b[i + j] */
VECTORISED static void
correlate(float *restrict dot, const float *restrict a,
	  const float *restrict b, size_t n)
{
	float sum[LAGS] = { 0 };

	for (size_t i = 0; i < n; i++) {
#pragma omp simd
		for (size_t j = 0; j < LAGS; j++)
			sum[j] += a[i] * b[i + j];
	}
	memcpy(dot, sum, sizeof sum);
}

/* The sums of x[i] and of x[i]^2, in double precision. */
VECTORISED static void
moments(double *sum, double *squares, const float *x, size_t n)
{
	double s[LANES] = { 0 }, q[LANES] = { 0 };
	size_t i = 0;

	for (; i + LANES <= n; i += LANES) {
#pragma omp simd
		for (size_t lane = 0; lane < LANES; lane++) {
			double here = x[i + lane];

			s[lane] += here;
			q[lane] += here * here;
		}
	}
	for (; i < n; i++) {
		s[0] += x[i];
		q[0] += (double)x[i] * x[i];
	}
	*sum = *squares = 0;
	for (size_t lane = 0; lane < LANES; lane++) {
		*sum += s[lane];
		*squares += q[lane];
	}
}

/*
 * energy[j] = sum of squares of y[j … j+n-1] about their mean, j < LAGS_ALL,
 * from the moments of y[0 … n-1].
 */
VECTORISED static void
energies(float *restrict energy, const float *restrict y, size_t n,
	 double sum, double squares)
{
	double s[LAGS_ALL + 1], q[LAGS_ALL + 1], share = 1 / (double)n;

	for (size_t j = 0; j < LAGS_ALL; j++) {
		double in = y[j + n], out = y[j];

		s[j + 1] = in - out;
		q[j + 1] = in * in - out * out;
	}
	s[0] = sum;
	q[0] = squares;
	for (size_t j = 0; j < LAGS_ALL; j++) {
		s[j + 1] = sum += s[j + 1];
		q[j + 1] = squares += q[j + 1];
	}
	for (size_t j = 0; j < LAGS_ALL; j++)
		energy[j] = (float)(q[j] - s[j] * s[j] * share);
	for (size_t j = 0; j < LAGS_ALL; j++)
		energy[j] = energy[j] > 0 ? energy[j] : 0;
}

/*
 * ncc[j] at the whole lags p->lag + j of the span that begins at y.  As a
 * has mean 0, subtracting the mean of b does not change a.b.
 */
VECTORISED static void
lag_ncc(float *restrict ncc, const float *restrict y, float ballast,
	const struct pitch *p)
{
	float x[SPAN_MAX + LAGS_ALL], energy[LAGS_ALL], own;
	const float *there = energy + p->lag;
	size_t n = p->span;
	double sum, squares;

	moments(&sum, &squares, y, n);
	own = (float)(sum / (double)n);
	for (size_t i = 0; i < n + LAGS_ALL; i++)
		x[i] = y[i] - own;
	correlate(ncc, x, x + p->lag, n);
	energies(energy, y, n, sum, squares);
	own = 1 / sqrtf(energy[0] + ballast);
	for (size_t j = 0; j < LAGS; j++)
		ncc[j] *= own / sqrtf(there[j] + ballast);
}

/* From whole lags to the candidates, cut to [-1, 1], in units of 2^-14. */
VECTORISED static void
candidate_ncc(int16_t *restrict out, const float *restrict ncc,
	      const struct pitch *p)
{
	float value[PITCH_GROUPS * GROUP] = { 0 };
	const float *w = p->weights;

	for (size_t g = 0; g < PITCH_GROUPS; g++) {
		const float *lag = ncc + p->first[g];
		float sum[GROUP] = { 0 };

		for (size_t i = 0; i < p->count[g]; i++, w += GROUP) {
#pragma omp simd
			for (size_t k = 0; k < GROUP; k++)
				sum[k] += w[k] * lag[i];
		}
		memcpy(value + g * GROUP, sum, sizeof sum);
	}
	for (size_t k = 0; k < K; k++)
		value[k] = value[k] > -1 ? value[k] : -1;
	for (size_t k = 0; k < K; k++)
		value[k] = value[k] < 1 ? value[k] : 1;
	/* Truncation rounds downwards where all is positive. */
	for (size_t k = 0; k < K; k++)
		out[k] = (int16_t)((int32_t)((value[k] + 1) * NCC_ONE + 0.5f) -
				   NCC_ONE);
}

/*
 * One row further.  For each k, the least of cost[j] + STEP |k - j|: two
 * sweeps carry the least of cost[j] -+ STEP j, with j in the low bits.  Costs
 * stay below 5: 2.5 for the widest step, 2.1 for a row; so 8 is never reached
 * even with STEP K added, and value times INDEX fits an int32.
 */
VECTORISED static void
path_step(uint8_t *restrict back, int32_t *restrict cost,
	  const int16_t *restrict ncc, const int32_t *restrict bonus)
{
	int32_t up[K], down[K], low = INT32_MAX, high = INT32_MAX;
	int32_t least = INT32_MAX;

	for (int k = 0; k < K; k++) {
		up[k] = (cost[k] - STEP * k) * INDEX + k;
		down[k] = (cost[k] + STEP * k) * INDEX + k;
	}
	for (int k = 0, j = K - 1; k < K; k++, j--) {
		up[k] = low = up[k] < low ? up[k] : low;
		down[j] = high = down[j] < high ? down[j] : high;
	}
	for (int k = 0; k < K; k++) {
		int32_t from_low = up[k] + STEP * INDEX * k;
		int32_t from_high = down[k] - STEP * INDEX * k;
		uint32_t best = (uint32_t)(from_low < from_high ?
					   from_low : from_high);

		back[k] = (uint8_t)(best % INDEX);
		cost[k] = (int32_t)(best / INDEX) - bonus[k] -
			  ncc[k] * (COST_ONE / NCC_ONE);
	}
	for (int k = 0; k < K; k++)
		least = cost[k] < least ? cost[k] : least;
	for (int k = 0; k < K; k++)
		cost[k] -= least;
}

/*
 * The distance from k to the maximum of the parabola through it, in steps.  The
 * path may stay beside the maximum where moving costs more than it gains.
 */
static float
parabola_top(const int16_t *ncc, int k)
{
	int before, after, bend;
	float top;

	if (k == 0 || k == K - 1)
		return 0;
	before = ncc[k] - ncc[k - 1];
	after = ncc[k] - ncc[k + 1];
	bend = before + after;
	if (bend <= 0)
		return 0;
	top = 0.5f * (float)(before - after) / (float)bend;
	return top < -1 ? -1 : top > 1 ? 1 : top;
}

static void
path_back(float *logf0, float *voicing, size_t stride, const int16_t *ncc,
	  const uint8_t *back, const int32_t *cost, size_t rows)
{
	const float base = (float)log(lowest);
	const float step = (float)(log(highest / lowest) / (K - 1));
	int k = 0;

	for (int j = 1; j < K; j++)
		if (cost[j] < cost[k])
			k = j;
	for (size_t r = rows; r-- > 0; k = back[r * K + (size_t)k]) {
		const int16_t *row = ncc + r * K;

		logf0[r * stride] = base + step * ((float)k +
						   parabola_top(row, k));
		voicing[r * stride] = row[k] > 0 ?
			(float)row[k] / NCC_ONE : 0;
	}
}

/* A span of zeros, y, and zeros to the end of the last row's last lag. */
static float *
slow_audio(struct arena *scratch, const float *audio, size_t samples,
	   size_t room, const struct pitch *p)
{
	size_t count = decimator_count(&p->low, samples);
	size_t length = p->span + (count > room ? count : room);
	float *y = arena_floats(scratch, length);

	memset(y, 0, p->span * sizeof *y);
	decimator_forward(y + p->span, audio, samples, &p->low);
	memset(y + p->span + count, 0,
	       (length - p->span - count) * sizeof *y);
	return y;
}

/* B of pitch.h, plus a small constant against division by 0 in silence. */
static float
ballast_of(const float *y, size_t count, size_t span)
{
	double sum, squares, n = count > 0 ? (double)count : 1;

	moments(&sum, &squares, y, count);
	squares -= sum * sum / n;
	return (float)(ballast_share * (double)span *
		       (squares > 0 ? squares / n : 0)) + 1e-30f;
}

void
pitch_forward(float *logf0, float *voicing, size_t stride,
	      const float *audio, size_t samples, size_t rows,
	      struct arena *scratch, const struct pitch *p)
{
	size_t factor = p->low.factor;
	/* Where the last row begins in y, one span of zeros included. */
	size_t last = ((rows > 0 ? rows - 1 : 0) * p->hop * 2 + p->window +
		       factor + factor * p->span) / (2 * factor);
	const float *y = slow_audio(scratch, audio, samples,
				    last + SPAN_MAX + LAGS_ALL, p);
	float ballast = ballast_of(y + p->span,
				   decimator_count(&p->low, samples), p->span);
	int16_t *ncc = arena_take(scratch, rows * K, sizeof *ncc);
	uint8_t *back = arena_take(scratch, rows * K, 1);
	int32_t cost[K] = { 0 };
	float whole[LAGS];

	for (size_t r = 0; r < rows; r++) {
		size_t start = (2 * r * p->hop + p->window + factor +
				factor * p->span) / (2 * factor);

		lag_ncc(whole, y + start, ballast, p);
		candidate_ncc(ncc + r * K, whole, p);
		path_step(back + r * K, cost, ncc + r * K, p->bonus);
	}
	path_back(logf0, voicing, stride, ncc, back, cost, rows);
}

void
pitch_release(struct pitch *p)
{
	decimator_release(&p->low);
	free(p->weights);
	p->weights = NULL;
}
