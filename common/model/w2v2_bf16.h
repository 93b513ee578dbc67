/*
 * w2v2_bf16.h - inference with products in bfloat16
 *
 * Sums, norms, softmax and what layers add to are in float; what is multiplied
 * is rounded, and what that takes off a mean is given back where it counts
 * (nn/bf16_remainder.h).  Logits are about .5 % off those in float (relative
 * L2).
 */
#ifndef W2V2_BF16_H
#define W2V2_BF16_H

#include "model/w2v2.h"
#include "model/w2v2_packed.h"

/* As w2v2_infer. */
void w2v2_bf16_infer(const struct w2v2 *n, const struct w2v2_packed *packed,
                     float *logits, float *embedding, const float *audio,
                     size_t N, struct arena *arena);

/* The convolutions' rows of audio [N], in the arena. */
uint16_t *w2v2_bf16_encode(const struct w2v2 *n,
                           const struct w2v2_packed *packed,
                           const float *audio, size_t N,
                           struct arena *arena, struct arena *scratch);

/* The same as floats [rows,C], in no arena. */
void w2v2_bf16_features(float *features, const struct w2v2 *n,
                        const struct w2v2_packed *packed, const float *audio,
                        size_t N, struct arena *scratch);

#endif
