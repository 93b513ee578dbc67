#include <math.h>

#include "audio/noise.h"
#include "audio/source.h"
#include "core/die.h"

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

/* Seconds from 0 to where n samples still follow, if there is room. */
static double
place_draw(const char *path, size_t n, int rate, struct rng *rng)
{
	const struct wav_options mix = { .channel = 0 };
	struct wav w;
	const char *why = wav_open(&w, path, &mix);
	double spare;

	if (why)
		die("%s: %s", path, why);
	spare = (double)w.frames / w.rate - (double)n / rate;
	wav_close(&w);
	return (double)rng_uniform(rng) * (spare > 0 ? spare : 0);
}

void
noise_recorded(float *x, size_t n, int rate, const char *path,
               struct rng *rng)
{
	const struct wav_options mix = { .channel = 0 };
	double begin = place_draw(path, n, rate, rng);

	for (size_t done = 0; done < n; begin = 0) {
		struct source source;
		size_t got = 0;

		if (!source_open(&source, path, &mix, rate, begin, -1))
			got = source_read(&source, x + done, n - done);
		if (source.why || (got == 0 && begin == 0))
			die("%s: %s", path,
			    source.why ? source.why : "no audio in it");
		done += got;
		source_close(&source);
	}
}

void
noise_check(const char *path)
{
	const struct wav_options mix = { .channel = 0 };
	struct wav w;
	const char *why = wav_open(&w, path, &mix);

	if (!why && w.piped)
		why = "a pipe: noise must be a file";
	if (why)
		die("%s: %s", path, why);
	wav_close(&w);
}
