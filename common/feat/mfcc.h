/*
 * mfcc.h - mel-frequency cepstra with Kaldi's numbers
 *
 * From a row of M log-mel energies, for c = 0 … coefficients - 1:
 *
 *	out[c] = lift[c] sqrt((c ? 2 : 1) / M)
 *	         sum over b of mel[b] cos(pi c (b + 1/2) / M)
 *	lift[c] = 1 + lifter/2 sin(pi c / lifter), 1 when lifter is 0
 *
 * the orthonormal DCT-II (Davis and Mermelstein 1980) and a sine lifter.  With
 * fbank.h this is torchaudio.compliance.kaldi.mfcc with dither 0 and use_energy
 * false; Kaldi's defaults are 13 coefficients of 23 bands, lifter
 * 22.
 */
#pragma once

#include <stddef.h>

struct mfcc {
	size_t bands, coefficients;
	size_t groups;            /* of sixteen coefficients */
	float *matrix;            /* [groups][bands][16] */
};

/* coefficients <= bands */
void mfcc_init(struct mfcc *m, size_t bands, size_t coefficients,
	       double lifter);

/*
 * out  rows of `coefficients` floats, `stride` floats apart
 * mel  rows of `bands` floats, `mel_stride` floats apart; not in out
 */
void mfcc_forward(float *out, size_t stride, const float *mel,
		  size_t mel_stride, size_t rows, const struct mfcc *m);

void mfcc_release(struct mfcc *m);
