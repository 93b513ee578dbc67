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

/* Writes the weights of one filter; returns their number. */
static size_t
mel_band(float *weights, size_t *first, double left, double delta,
	 double bin_width, size_t bins)
{
	size_t count = 0;

	*first = 0;
	for (size_t k = 0; k < bins; k++) {
		double at = (mel_scale(bin_width * (double)k) - left) / delta;
		double weight = at < 1 ? at : 2 - at;

		if (weight <= 0)
			continue;
		if (count == 0)
			*first = k;
		weights[count++] = (float)weight;
	}
	return count;
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
	m->bands = bands;
	m->first = xmalloc(bands, sizeof *m->first);
	m->count = xmalloc(bands, sizeof *m->count);
	/* a bin lies in at most two filters; mel_band may write one more */
	m->weights = xmalloc(size + size / 2 + 1, sizeof *m->weights);
	for (size_t b = 0; b < bands; b++) {
		m->count[b] = mel_band(m->weights + used, &m->first[b],
				       bottom + (double)b * delta, delta,
				       rate / (double)size, size / 2);
		used += m->count[b];
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
