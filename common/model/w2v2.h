/*
 * w2v2.h - wav2vec 2.0, HuBERT and WavLM: samples in, logits out
 *
 *	audio [N], 16 kHz, mean 0 and variance 1 where the model asks for it
 *	convolutions                                  w2v2_encoder.h
 *	projection, positional convolution            w2v2_front.h
 *	transformer layers                            w2v2_layer.h
 *	mean over time, head                          w2v2_head.h
 *
 * Baevski et al. 2020, Hsu et al. 2021 (HuBERT), Chen et al. 2022 (WavLM), as
 * Hugging Face's ...ForSequenceClassification computes them.  Utterances are
 * never padded: what one gives does not depend on those beside it.
 */
#ifndef W2V2_H
#define W2V2_H

#include "model/w2v2_encoder.h"
#include "model/w2v2_front.h"
#include "model/w2v2_head.h"

struct w2v2_packed;

struct w2v2 {
	struct w2v2_config config;
	struct w2v2_spelling spelling;
	struct w2v2_weights weights;
	struct w2v2_folded folded;
	size_t convolutions;      /* parameters (floats) that they take up */
};

/* x - mean over standard deviation, of y and x [N], which may be the same. */
void w2v2_normalize(float *y, const float *x, size_t N);

/*
 * logits [K] and embedding [w2v2_embedding_length] (NULL if not wanted) of
 * one utterance of N samples, enough for one row.  Clears the arena.
 */
void w2v2_infer(const struct w2v2 *n, float *logits, float *embedding,
                const float *audio, size_t N, struct arena *arena);

/* Utterances that are learnt from together. */
struct w2v2_batch {
	size_t count;
	const float *const *audio;
	const size_t *samples;
	bool unfreeze;            /* train the convolutions too */
	bool plain;               /* no dropout, no masks, no layer drop */
	size_t memory;            /* bytes for what layers keep; those that
	                             find no room are computed again */
	unsigned long seed, step; /* of chance; the same step, the same */
	struct bf16_space *space; /* for products in bfloat16; or NULL */
	const struct w2v2_packed *packed; /* convolutions, likewise */
};

struct w2v2_pass;

/*
 * logits [count,K].  The pass lives in the arena until the caller clears it.
 * scratch is another arena, and is cleared.
 */
struct w2v2_pass *w2v2_forward(float *logits, const struct w2v2 *n,
                               const struct w2v2_batch *batch,
                               struct arena *arena, struct arena *scratch);

/*
 * Adds to gradient, bound to a block as long as the parameters, and to
 * dfolded, which w2v2_fold_backward turns into the file's weights' own.  arena
 * is the pass's; scratch is cleared.
 */
void w2v2_backward(struct w2v2_weights *gradient,
                   struct w2v2_folded *dfolded, struct w2v2_pass *pass,
                   const float *dlogits, const struct w2v2 *n,
                   struct arena *arena, struct arena *scratch);

#endif
