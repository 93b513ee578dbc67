/*
 * encoder.h - wav2vec 2.0, HuBERT and WavLM: samples in, logits out
 *
 *	audio [N], 16 kHz, mean 0 and variance 1 where the model asks for it
 *	convolutions                                  encoder_encoder.h
 *	projection, positional convolution            encoder_front.h
 *	transformer layers                            encoder_layer.h
 *	mean over time, head                          encoder_head.h
 *
 * Baevski et al. 2020, Hsu et al. 2021 (HuBERT), Chen et al. 2022 (WavLM), as
 * Hugging Face's ...ForSequenceClassification computes them.  Utterances are
 * never padded: what one gives does not depend on those beside it.
 */
#ifndef ENCODER_H
#define ENCODER_H

#include "encoder/head.h"
#include "encoder/wav2vec2_convolutions.h"
#include "encoder/wav2vec2_front.h"

struct encoder_packed;

struct encoder {
	struct encoder_config config;
	struct encoder_spelling spelling;
	struct encoder_weights weights;
	struct wav2vec2_folded folded;
	size_t convolutions;      /* parameters (floats) that they take up */
};

/* x - mean over standard deviation, of y and x [N], which may be the same. */
void encoder_normalize(float *y, const float *x, size_t N);

/*
 * logits [K] and embedding [encoder_embedding_length] (NULL if not wanted) of
 * one utterance of N samples, enough for one row.  Clears the arena.
 */
void encoder_infer(const struct encoder *n, float *logits, float *embedding,
                   const float *audio, size_t N, struct arena *arena);

/* Utterances that are learnt from together. */
struct encoder_batch {
	size_t count;
	const float *const *audio;
	const size_t *samples;
	bool unfreeze;            /* train the convolutions too */
	bool plain;               /* no dropout, no masks, no layer drop */
	size_t memory;            /* bytes for what layers keep; those that
	                             find no room are computed again */
	unsigned long seed, step; /* of chance; the same step, the same */
	struct bf16_space *space; /* for products in bfloat16; or NULL */
	const struct encoder_packed *packed; /* convolutions, likewise */
};

struct encoder_pass;

/*
 * logits [count,K].  The pass lives in the arena until the caller clears it.
 * scratch is another arena, and is cleared.
 */
struct encoder_pass *
encoder_forward(float *logits, const struct encoder *n,
                const struct encoder_batch *batch, struct arena *arena,
                struct arena *scratch);

/*
 * Adds to gradient, bound to a block as long as the parameters, and to
 * dfolded, which wav2vec2_fold_backward turns into the gradient of the file's
 * weights.  arena is the pass's; scratch is cleared.
 */
void
encoder_backward(struct encoder_weights *gradient,
                 struct wav2vec2_folded *dfolded, struct encoder_pass *pass,
                 const float *dlogits, const struct encoder *n,
                 struct arena *arena, struct arena *scratch);

#endif
