/*
 * pitch.h - log F0 and voicing for every row of features
 *
 * After Ghahremani et al., "A pitch extraction algorithm tuned for automatic
 * speech recognition", ICASSP 2014 (Kaldi's compute-kaldi-pitch-feats), with
 * these choices:
 *
 * 1. Audio is low-passed at 1 kHz and decimated (decimate.h) by the factor
 *    that brings it nearest to 4 kHz; y, at rate q, is 0 outside.
 * 2. Row r has a span of W = round(0.04 q) samples centred on the row's own
 *    analysis window: it begins at
 *	n = floor((2 r hop + window + factor) / (2 factor) - W/2)
 * 3. For whole lags l, with a = y[n … n+W-1] and b = y[n+l … n+l+W-1],
 *    each less its own mean, and a ballast B, 0.1 W times the variance of y:
 *	ncc(l) = a.b / sqrt((a.a + B) (b.b + B))
 * 4. Candidate k < K has F_k = 60 * 10^(k/(K-1)) Hz.  Its ncc is that at lag
 *    q/F_k, by a sinc under a Hann window over 4 lags to either side, cut to
 *    [-1, 1] and rounded to 2^-14.
 * 5. The path maximises
 *	sum over r of ncc_r(k_r) + 0.03 log2(F_k/60) - 2.5 |k_r - k_(r-1)| / K
 *    by dynamic programming in whole numbers of 2^-21; the lower k wins ties.
 * 6. voicing is ncc at the path's candidate, cut to [0, 1].  ln F0 is that of
 *    the candidate, moved by up to one step to the maximum of the parabola
 *    through it and its neighbours, where it has one.
 *
 * B keeps soft hum between words from counting as voiced: at a tenth of the
 * mean energy voicing is halved, and the path ignores it.
 *
 * Silence has voicing 0; its F0 follows the path.  Results are finite for all
 * finite audio.  Scaling the audio changes nothing, within 1e-12 … 1e15.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "feat/decimate.h"

enum { PITCH_CANDIDATES = 72, PITCH_GROUPS = 5 };

struct pitch {
	size_t window, hop;             /* of the rows, in samples of audio */
	size_t span, lag;               /* W and the first whole lag used */
	struct decimator low;
	/* Sixteen candidates a group: weights of lags lag + first … */
	size_t first[PITCH_GROUPS], count[PITCH_GROUPS];
	float *weights;                 /* [count][16] a group */
	int32_t bonus[PITCH_CANDIDATES];
};

/* rate in Hz, at least 6000; window and hop in samples, as of fbank. */
void pitch_init(struct pitch *p, int rate, int window, int hop);

/*
 * logf0, voicing   one float a row, `stride` floats apart
 * audio            [samples]; rows may extend past the end, into zeros
 *
 * Takes 216 bytes for each row and 4 for each decimated sample from scratch.
 */
void pitch_forward(float *logf0, float *voicing, size_t stride,
		   const float *audio, size_t samples, size_t rows,
		   struct arena *scratch, const struct pitch *p);

void pitch_release(struct pitch *p);
