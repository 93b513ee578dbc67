/*
 * fbank.h - log-mel energies with Kaldi's numbers
 *
 * For each row of `window` samples, one every `hop`, only where a whole window
 * fits (Kaldi's snip_edges):
 *
 *	x      = scale * audio, less its mean over the window
 *	energy = ln max(sum x[i]^2, FLT_EPSILON)          (raw_energy)
 *	y[i]   = (x[i] - preemphasis * x[max(i-1, 0)]) * shape[i]
 *	P[k]   = |DFT of y, zeros to the next power of two|^2
 *	out[b] = ln max(sum mel[b][k] P[k], FLT_EPSILON)
 *
 * That is torchaudio.compliance.kaldi.fbank with dither 0 (and, for the
 * energy, energy_floor 0); Povey et al., "The Kaldi speech recognition
 * toolkit", 2011.  Up to P it is computed in double precision, and agrees
 * within 1e-3 with torchaudio's when that does, whatever the audio.  In single
 * precision torchaudio agrees as well with speech and noise; but bands 100 dB
 * and more below a tone hold little else than its rounding, there it is off by
 * up to 0.04, and by 0.02 from itself on a processor of other vectors.
 *
 * A row depends on its own samples only, bit for bit, and is finite for all
 * finite audio.
 */
#ifndef FBANK_H
#define FBANK_H

#include <stddef.h>

#include "feat/fft.h"
#include "feat/mel.h"
#include "feat/window.h"

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

/* Copies the options, which are the caller's to have checked. */
void fbank_init(struct fbank *fb, const struct fbank_options *options);

/* Rows in so many samples: 1 + (samples - window) / hop, or 0. */
size_t fbank_rows(const struct fbank *fb, size_t samples);

/*
 * out     rows of `bands` floats, `stride` floats apart
 * energy  one float a row, `stride` apart too; NULL if not wanted
 * audio   [(rows - 1) * hop + window]
 *
 * Allocates some 44 frames of work space for the time of the call.
 */
void fbank_forward(float *out, float *energy, size_t stride,
		   const float *audio, size_t rows, const struct fbank *fb);

void fbank_release(struct fbank *fb);

#endif
