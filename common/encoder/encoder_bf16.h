/*
 * encoder_bf16.h - inference with products in bfloat16
 *
 * Sums, norms, softmax and what layers add to are in float; what is multiplied
 * is rounded, and what that takes off a mean is given back where it counts
 * (gemm/bf16_remainder.h).  Logits are about .5 % off those in float (relative
 * L2).
 */
#ifndef ENCODER_BF16_H
#define ENCODER_BF16_H

#include "encoder/encoder.h"
#include "encoder/packed.h"

/* As encoder_infer. */
void
encoder_bf16_infer(const struct encoder *n, const struct encoder_packed *packed,
                   float *logits, float *embedding, const float *audio,
                   size_t N, struct arena *arena);

/* The convolutions' rows of audio [N], in the arena. */
uint16_t *
encoder_bf16_encode(const struct encoder *n,
                    const struct encoder_packed *packed, const float *audio,
                    size_t N, struct arena *arena, struct arena *scratch);

/* The same as floats [rows,C], in no arena. */
void encoder_bf16_features(float *features, const struct encoder *n,
                           const struct encoder_packed *packed,
                           const float *audio, size_t N, struct arena *scratch);

#endif
