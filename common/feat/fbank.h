/*
 * fbank.h - log-mel energies with Kaldi's numbers
 *
 * For each row of `window` samples, one every `hop`, where a whole window fits
 * (Kaldi's snip_edges):
 *
 *	x      = scale * audio, less its mean over the window
 *	energy = ln max(sum x[i]^2, FLT_EPSILON)          (raw_energy)
 *	y[i]   = (x[i] - preemphasis * x[max(i-1, 0)]) * shape[i]
 *	P[k]   = |DFT of y, zero-padded to the next power of two|^2
 *	out[b] = ln max(sum mel[b][k] P[k], FLT_EPSILON)
 *
 * The shape, with a = 2 pi i / (window - 1), is one of Kaldi's
 * (src/feat/feature-window.cc):
 *
 *	povey        (0.5 - 0.5 cos a)^0.85
 *	hamming      0.54 - 0.46 cos a
 *	hanning      0.5 - 0.5 cos a
 *	rectangular  1
 *
 * This is torchaudio.compliance.kaldi.fbank with dither 0 and, for the energy,
 * energy_floor 0 (Povey et al., "The Kaldi speech recognition toolkit", 2011).
 * All up to P is in double precision, and agrees within 1e-3 with torchaudio in
 * double precision on any audio.  Torchaudio in single precision agrees as well
 * on speech and noise; bands 100 dB and more below a tone hold mostly its
 * rounding errors, where it differs by up to 0.04.
 *
 * A row depends on its own samples only, bit for bit, and is finite for all
 * finite audio.
 */
#pragma once

#include <stddef.h>

#include "feat/fft.h"
#include "feat/mel.h"

enum window_shape {
	WINDOW_POVEY, WINDOW_HAMMING, WINDOW_HANNING, WINDOW_RECTANGULAR
};

struct fbank_options {
	int rate;                 /* Hz */
	int window, hop;          /* samples; window at least 3 */
	int bands;                /* mel filters */
	float low, high;          /* Hz; high <= 0 counts from rate/2 */
	double preemphasis;
	float scale;              /* 32768 for the levels Kaldi reads */
	enum window_shape shape;
};

#define FBANK_OPTIONS_INIT { \
	.rate = 16000, .window = 400, .hop = 160, .bands = 80, \
	.low = 20, .high = 0, .preemphasis = .97, .scale = 1, \
	.shape = WINDOW_POVEY }

struct fbank {
	struct fbank_options options;
	struct fft fft;
	struct mel mel;
	double *shape;            /* [window] */
};

/* Copies the options, which the caller has checked. */
void fbank_init(struct fbank *fb, const struct fbank_options *options);

/* Rows of this many samples: 1 + (samples - window) / hop, or 0. */
size_t fbank_rows(const struct fbank *fb, size_t samples);

/*
 * out     rows of `bands` floats, `stride` floats apart
 * energy  one float a row, `stride` apart, or NULL
 * audio   [(rows - 1) * hop + window]
 *
 * Uses about 44 frames of memory during the call.
 */
void fbank_forward(float *out, float *energy, size_t stride,
		   const float *audio, size_t rows, const struct fbank *fb);

void fbank_release(struct fbank *fb);
