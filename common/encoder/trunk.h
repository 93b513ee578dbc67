/*
 * trunk.h - what inference and training of wav2vec 2.0 have in common
 */
#ifndef ENCODER_TRUNK_H
#define ENCODER_TRUNK_H

#include "encoder/encoder.h"

/* Where each utterance's rows begin; in the arena. */
void
encoder_rows_init(struct encoder_rows *rows, const struct encoder_config *c,
                  const struct encoder_batch *batch, struct arena *arena);

/* WavLM: the bias of every distance, once for all layers. */
void
encoder_relative_forward(struct encoder_rows *rows,
                         const struct encoder_weights *w, struct arena *arena);

/* The convolutions' rows of all utterances, [N,C].  Clears scratch. */
float *
encoder_encode(const struct encoder *n, const struct encoder_batch *batch,
               const struct encoder_rows *rows, struct arena *arena,
               struct arena *scratch);

/* The norm after the last layer, where norms come first. */
void encoder_last_norm(float *y, float *mean, float *rstd, const float *x,
                       const struct encoder *n, size_t N);

#endif
