/*
 * wav2vec2_position.h - wav2vec 2.0's positional convolution
 *
 *	sum = p + GELU(grouped convolution of p)
 *
 * The functions are entries of encoder_products: products.h.
 */
#pragma once

#include "encoder/wav2vec2_front.h"

void
wav2vec2_position_plain(float *sum, struct wav2vec2_front_kept *kept,
                        const struct encoder_rows *rows, struct arena *arena);
void
wav2vec2_position_packed(float *sum, struct wav2vec2_front_kept *kept,
                         const struct encoder_rows *rows, struct arena *arena);

void
wav2vec2_position_backward(struct encoder_weights *gradient,
                           struct wav2vec2_folded *dfolded, float *dp,
                           const float *dposition,
                           const struct wav2vec2_front_kept *kept,
                           const struct encoder_rows *rows,
                           struct arena *scratch);
