/*
 * mask.h - what an utterance hides from the network while it learns
 *
 * SpecAugment (Park et al. 2019) as Hugging Face's wav2vec 2.0 does it, on
 * the projected rows: spans of rows become a learnt vector, spans of channels
 * zeros.
 */
#ifndef ENCODER_MASK_H
#define ENCODER_MASK_H

#include <stdint.h>

#include "core/rng.h"
#include "encoder/config.h"

/*
 * hidden [length]: 1 where masked.  There are share * length / span spans,
 * rounded up or down by chance, but at least m->least and no more than there
 * is room for; their starts are all different and they may overlap.  What is
 * shorter than one span is not masked.
 */
void encoder_mask_spans(uint8_t *hidden, size_t length,
                        const struct encoder_masking *m, struct rng *rng);

#endif
