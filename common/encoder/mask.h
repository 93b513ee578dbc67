/*
 * mask.h - masks rows and channels of an utterance while training
 *
 * SpecAugment (Park et al. 2019) as Hugging Face's wav2vec 2.0 does it, on
 * the projected rows: spans of rows become a trained vector, spans of channels
 * zeros.
 */
#pragma once

#include <stdint.h>

#include "core/rng.h"
#include "encoder/config.h"

/*
 * hidden [length]: 1 where masked.  There are share * length / span spans,
 * rounded up or down by chance, at least m->least and at most as many as fit;
 * their starts are all different and they may overlap.  A length shorter than
 * one span is not masked.
 */
void encoder_mask_spans(uint8_t *hidden, size_t length,
                        const struct encoder_masking *m, struct rng *rng);
