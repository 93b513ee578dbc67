/*
 * whisper_mel.h - the log-mel spectrogram that Whisper reads
 *
 * A row every 160 samples of audio at 16 kHz.  Row t is centred on sample
 * 160 t; beyond its ends the audio is reflected:
 *
 *	P[k]   = |DFT of 400 samples, times a periodic Hann window|^2
 *	y[b]   = log10 max(sum mel[b][k] P[k], 1e-10)     Slaney's mel: mel.h
 *	out[b] = (max(y[b], largest y of the utterance - 8) + 4) / 4
 *
 * This is WhisperFeatureExtractor of transformers (Radford et al., "Robust
 * speech recognition via large-scale weak supervision", 2022).  Up to P, all
 * is in double precision; the result is finite for all finite audio.
 */
#pragma once

#include <stddef.h>

#include "feat/fft.h"
#include "feat/mel.h"

enum {
	WHISPER_MEL_RATE = 16000, WHISPER_MEL_WINDOW = 400,
	WHISPER_MEL_HOP = 160,
	WHISPER_MEL_LEAST = WHISPER_MEL_WINDOW / 2 + 1 /* samples */
};

struct whisper_mel {
	struct fft fft;
	struct mel mel;
	double *window;           /* [400] */
};

void whisper_mel_init(struct whisper_mel *m, size_t bands);

/* Rows of this many samples, at least WHISPER_MEL_LEAST. */
size_t whisper_mel_rows(size_t samples);

/*
 * out [whisper_mel_rows(length),bands] of audio [N] followed by zeros up to
 * length samples.
 */
void whisper_mel_forward(float *out, const float *audio, size_t N,
                         size_t length, const struct whisper_mel *m);

void whisper_mel_release(struct whisper_mel *m);
