#include <math.h>

#include "audio/noise.h"

void
noise_white(float *x, size_t n, struct rng *rng)
{
	for (size_t i = 0; i < n; i++)
		x[i] = rng_normal(rng);
}

void
noise_pink(float *x, size_t n, int rate, struct rng *rng)
{
	enum { OCTAVES_MAX = 16 };
	double keep[OCTAVES_MAX], add[OCTAVES_MAX], state[OCTAVES_MAX];
	size_t octaves = 0;

	for (double f = 20; f < rate / 2. && octaves < OCTAVES_MAX; f *= 2) {
		keep[octaves] = exp(-2 * 3.14159265358979 * f / rate);
		add[octaves] = sqrt(1 - keep[octaves] * keep[octaves]);
		state[octaves++] = (double)rng_normal(rng);
	}
	for (size_t i = 0; i < n; i++) {
		double sum = 0;

		for (size_t k = 0; k < octaves; k++) {
			state[k] = keep[k] * state[k] +
			           add[k] * (double)rng_normal(rng);
			sum += state[k];
		}
		x[i] = (float)(sum / sqrt((double)octaves));
	}
}
