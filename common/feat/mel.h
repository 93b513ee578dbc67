/*
 * mel.h - triangular filters on a mel scale
 *
 * Kaldi's MelBanks:  mel(f) = 1127 ln(1 + f/700).  The range mel(low) …
 * mel(high) is divided into bands + 1 equal steps; filter b rises from 0 at
 * edge b to 1 at edge b + 1 and falls to 0 at edge b + 2, on a straight line in
 * mel (not in Hz).
 * Bin k of the transform lies at k * rate / size Hz; the bin at half the rate
 * has no weight.  A filter narrower than a bin may contain no bin.
 *
 * Slaney's (Auditory Toolbox, 1998), as librosa and Whisper have them:  mel(f)
 * = 3 f / 200 below 1000 Hz, 15 + 27 ln(f / 1000) / ln 6.4 above.  The edges
 * are equal steps in mel, too, but a filter rises and falls on straight lines
 * in Hz, and has an area of 1 Hz.
 *
 * Spectra come FFT_LANES frames at a time (see fft.h), so that short dot
 * products need no horizontal sums.
 */
#pragma once

#include <stddef.h>

#include "feat/fft.h"

struct mel {
	size_t bands;
	size_t *first;      /* [bands] first bin with weight */
	size_t *count;      /* [bands] number of these bins, may be 0 */
	float *weights;     /* one band after another */
};

double mel_scale(double hertz);
double mel_hertz(double mel);

/*
 * size: points of the transform; rate, low, high in Hz; high <= 0 is relative
 * to half the rate, as in Kaldi.
 */
void mel_init(struct mel *m, size_t bands, size_t size,
	      double rate, double low, double high);

/* Slaney's, from 0 Hz to half the rate. */
void mel_init_slaney(struct mel *m, size_t bands, size_t size, double rate);

/* out [bands][FFT_LANES]   power [size/2+1][FFT_LANES] */
void mel_forward(float *out, const float *power, const struct mel *m);

void mel_release(struct mel *m);
