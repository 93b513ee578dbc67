#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/vector.h"
#include "core/xalloc.h"
#include "feat/mel.h"

double
mel_scale(double hertz)
{
	return 1127 * log(1 + hertz / 700);
}

double
mel_hertz(double mel)
{
	return 700 * (exp(mel / 1127) - 1);
}

static double
slaney_hertz(double mel)
{
	return mel < 15 ? mel * 200 / 3
	                : 1000 * exp((mel - 15) * log(6.4) / 27);
}

/* Kaldi's filter that begins at mel left, at f Hz. */
static double
kaldi_weight(double f, double left, double delta)
{
	double at = (mel_scale(f) - left) / delta;

	return at < 1 ? at : 2 - at;
}

/* Slaney's: edge is its first, middle and last frequency. */
static double
slaney_weight(double f, const double *edge)
{
	double up = (f - edge[0]) / (edge[1] - edge[0]);
	double down = (edge[2] - f) / (edge[2] - edge[1]);

	return 2 / (edge[2] - edge[0]) * (up < down ? up : down);
}

static void
mel_allocate(struct mel *m, size_t bands, size_t size)
{
	m->bands = bands;
	m->first = xcalloc(bands, sizeof *m->first);
	m->count = xcalloc(bands, sizeof *m->count);
	/* a bin lies in at most two filters; one more may be written */
	m->weights = xmalloc(size + size / 2 + 1, sizeof *m->weights);
}

/* Appends a weight of bin k to band b, if it is positive. */
static void
weight_add(struct mel *m, size_t *used, size_t b, size_t k, double weight)
{
	if (weight <= 0)
		return;
	if (m->count[b]++ == 0)
		m->first[b] = k;
	m->weights[(*used)++] = (float)weight;
}

void
mel_init(struct mel *m, size_t bands, size_t size,
	 double rate, double low, double high)
{
	double top = high > 0 ? high : rate / 2 + high;
	double bottom = mel_scale(low);
	double delta = (mel_scale(top) - bottom) / (double)(bands + 1);
	size_t used = 0;

	assert(0 <= low && low < top && top <= rate / 2);
	mel_allocate(m, bands, size);
	for (size_t b = 0; b < bands; b++)
		for (size_t k = 0; k < size / 2; k++)
			weight_add(m, &used, b, k, kaldi_weight(
				rate / (double)size * (double)k,
				bottom + (double)b * delta, delta));
}

void
mel_init_slaney(struct mel *m, size_t bands, size_t size, double rate)
{
	double top = 15 + 27 * log(rate / 2000) / log(6.4);
	size_t used = 0;

	assert(rate >= 2000);
	mel_allocate(m, bands, size);
	for (size_t b = 0; b < bands; b++) {
		double edge[3];

		for (size_t i = 0; i < 3; i++)
			edge[i] = slaney_hertz(top * (double)(b + i) /
			                       (double)(bands + 1));
		for (size_t k = 0; k < size / 2; k++)
			weight_add(m, &used, b, k, slaney_weight(
				rate / (double)size * (double)k, edge));
	}
}

VECTORISED void
mel_forward(float *restrict out, const float *restrict power,
	    const struct mel *m)
{
	const float *w = m->weights;

	for (size_t b = 0; b < m->bands; b++) {
		const float *p = power + m->first[b] * FFT_LANES;
		float sum[FFT_LANES] = { 0 };

		for (size_t i = 0; i < m->count[b]; i++, w++, p += FFT_LANES) {
#pragma omp simd
			for (size_t lane = 0; lane < FFT_LANES; lane++)
				sum[lane] += *w * p[lane];
		}
		for (size_t lane = 0; lane < FFT_LANES; lane++)
			out[b * FFT_LANES + lane] = sum[lane];
	}
}

void
mel_release(struct mel *m)
{
	free(m->first);
	free(m->count);
	free(m->weights);
	*m = (struct mel){ .bands = 0 };
}
