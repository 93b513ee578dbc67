/*
 * extract.h - computes rows of features of a given type from audio
 */
#pragma once

#include "core/arena.h"
#include "feat/fbank.h"
#include "feat/features.h"
#include "feat/mfcc.h"
#include "feat/pitch.h"

struct extractor {
	struct features_type type;
	struct fbank fbank;
	struct mfcc mfcc;         /* for MFCC only */
	struct pitch pitch;       /* with pitch only */
	size_t bands;             /* mel bands */
};

/* Copies type.  That of cepstra must say how many bands they are of. */
void extractor_init(struct extractor *e, const struct features_type *type);

size_t extractor_rows(const struct extractor *e, size_t samples);

/* out [rows, features_width(type)] */
void extractor_forward(float *out, const float *audio, size_t samples,
                       size_t rows, struct arena *scratch,
                       const struct extractor *e);

void extractor_release(struct extractor *e);
