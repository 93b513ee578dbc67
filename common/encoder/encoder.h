/*
 * encoder.h - a pre-trained transformer: samples in, logits out
 *
 *	audio [N], 16 kHz; mean 0 and variance 1 where the model asks for it;
 *	or Whisper's log-mel spectrogram              feat/whisper_mel.h
 *	front end, to rows [T,H]                      wav2vec2_front.h,
 *	                                              whisper_front.h
 *	transformer layers                            layer.h
 *	mean over time, head                          head.h
 *
 * wav2vec 2.0 (Baevski et al. 2020), HuBERT (Hsu et al. 2021), WavLM (Chen et
 * al. 2022) and Whisper (Radford et al. 2022), as Hugging Face's
 * ...ForSequenceClassification and ...ForAudioClassification compute them.
 * There is one forward pass for inference and training, in float and in
 * bfloat16: products.h has the arithmetic.  Utterances are never padded: the
 * result for one does not depend on the others of its batch.
 */
#pragma once

#include "encoder/head.h"
#include "encoder/packed.h"
#include "encoder/fold.h"
#include "encoder/lora.h"

struct bf16_space;

struct encoder {
	struct encoder_config config;
	struct encoder_spelling spelling;
	struct encoder_weights weights;
	struct encoder_folded folded;
	struct encoder_lora lora; /* training with adapters: what is used */
	size_t convolutions;      /* parameters of these: the first floats */
};

/* y = (x - mean) / standard deviation; x and y [N] may be the same. */
void encoder_normalize(float *y, const float *x, size_t N);

/*
 * Computes logits [K] and, unless it is NULL, embedding
 * [encoder_embedding_length] of one utterance: audio [length], or Whisper's
 * spectrogram [length,bands], enough for one row.  With packed weights,
 * products are in bfloat16; NULL: in float.  Clears the arena.
 */
void encoder_infer(const struct encoder *n, const struct encoder_packed *packed,
                   float *logits, float *embedding, const float *input,
                   size_t length, struct arena *arena);

/*
 * Computes encoding [layers + 1,2H]: for each state up to the output of so many
 * layers, its mean over time, then its standard deviation.  State 0 is the
 * first layer's input; that of all layers is normed where the network ends with
 * a norm.  The rest is as of encoder_infer; a head is not needed.
 */
void encoder_encode(const struct encoder *n,
                    const struct encoder_packed *packed, float *encoding,
                    size_t layers, const float *input, size_t length,
                    struct arena *arena);

/* Utterances to train on together. */
struct encoder_batch {
	size_t count;
	const float *const *input; /* as of encoder_infer */
	const size_t *lengths;
	bool unfreeze;            /* train the convolutions too */
	size_t frozen;            /* of the lowest layers; above 0, the front
	                             end is frozen as well */
	bool plain;               /* no dropout, no masks, no layer drop */
	size_t memory;            /* bytes for what layers keep; backward
	                             computes what does not fit again */
	unsigned long seed, step; /* of chance: equal ones draw the same */
	struct bf16_space *space; /* for products in bfloat16; or NULL */
	const struct encoder_packed *packed; /* convolutions for these */
};

struct encoder_pass;

/*
 * Computes logits [count,K].  The pass is valid until the caller clears the
 * arena.  scratch is another arena, and is cleared.
 */
struct encoder_pass *
encoder_forward(float *logits, const struct encoder *n,
                const struct encoder_batch *batch, struct arena *arena,
                struct arena *scratch);

/*
 * Whether the gradient of the network's tensor with this slot can be other than
 * 0: not in a layer that was dropped, nor of the mask where none is drawn.
 */
bool encoder_pass_reaches(const struct encoder_pass *pass, float *const *slot);

/*
 * Adds to gradient, bound to a block as long as the parameters, and to
 * dfolded, from which encoder_fold_backward computes the gradient of the
 * file's weights.  arena is the pass's; scratch is cleared.
 */
void
encoder_backward(struct encoder_weights *gradient,
                 struct encoder_folded *dfolded, struct encoder_pass *pass,
                 const float *dlogits, struct arena *arena,
                 struct arena *scratch);
