/*
 * spec_augment.h - random changes to features, to train on
 *
 * Masks as in SpecAugment (Park et al. 2019), and what changes a speaker or a
 * microphone but not the emotion: another tempo, a longer or shorter vocal
 * tract, a slow tilt over the bands.  Works on a view (features.h), where 0 is
 * the mean.
 */
#pragma once

#include <stddef.h>

#include "core/arena.h"
#include "core/rng.h"
#include "feat/features.h"

struct spec_augment {
	float stretch;            /* tempo by a factor 1 ± this */
	float warp;               /* frequencies by a factor 1 ± this */
	float tilt;               /* deviation, at the outermost bands */
	int masks;                /* of each kind */
	int mask_bands, mask_rows; /* widest mask */
	size_t crop;              /* rows kept at most; 0: all */
};

#define SPEC_AUGMENT_INIT { .stretch = .15f, .warp = .08f, .tilt = .3f, \
	.masks = 2, .mask_bands = 12, .mask_rows = 25, .crop = 300 }

/*
 * Returns a changed copy of x [*rows,width], in the arena, and sets its rows.
 * Where all options are 0 nothing is changed.
 */
float *spec_augment(size_t *rows, const float *x,
                    const struct features_type *type, struct rng *r,
                    const struct spec_augment *options, struct arena *arena);
