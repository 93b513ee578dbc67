/*
 * whisper_front.h - Whisper's front end, from a log-mel spectrogram to rows
 *
 *	s [M,B]     the spectrogram (feat/whisper_mel.h), zeros around it
 *	a = GELU(conv1d(s))      3 taps
 *	x = GELU(conv1d(a)) + positions      3 taps, every other row
 *
 * x has (M + 1) / 2 rows, each with the first of the model's positions.  In the
 * view `full` s is that of 30 s (of all positions) with zeros after the
 * utterance, as transformers has it; in the view `clip` that of the utterance.
 */
#pragma once

#include "encoder/fold.h"
#include "encoder/pass.h"

extern const struct encoder_front whisper_front;

/* x [N,H] of the batch, for the tables of products; clears scratch. */
void whisper_convolutions_plain(float *x, const struct encoder_rows *rows,
                                struct arena *scratch);
void whisper_convolutions_packed(float *x, const struct encoder_rows *rows,
                                 struct arena *scratch);
