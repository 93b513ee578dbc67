/*
 * w2v2_trunk.h - what inference and training of wav2vec 2.0 have in common
 */
#ifndef W2V2_TRUNK_H
#define W2V2_TRUNK_H

#include "model/w2v2.h"

/* Where each utterance's rows begin; in the arena. */
void w2v2_rows_init(struct w2v2_rows *rows, const struct w2v2_config *c,
                    const struct w2v2_batch *batch, struct arena *arena);

/* WavLM: the bias of every distance, once for all layers. */
void w2v2_relative_forward(struct w2v2_rows *rows,
                           const struct w2v2_weights *w,
                           struct arena *arena);

/* The convolutions' rows of all utterances, [N,C].  Clears scratch. */
float *w2v2_encode(const struct w2v2 *n, const struct w2v2_batch *batch,
                   const struct w2v2_rows *rows, struct arena *arena,
                   struct arena *scratch);

/* The norm after the last layer, where norms come first. */
void w2v2_last_norm(float *y, float *mean, float *rstd, const float *x,
                    const struct w2v2 *n, size_t N);

#endif
