/*
 * tuner.h - fine-tuning a wav2vec 2.0, HuBERT or WavLM network
 *
 * The whole batch goes through the network at once, utterance beside
 * utterance; threads share each layer's work.  What its layers would have to
 * keep beyond o->memory is computed again on the way back.  Dropout and masks
 * are those of the model's config.json.
 */
#ifndef TUNER_H
#define TUNER_H

#include "train/example.h"
#include "train/trainer.h"

struct tuner;

/* Model, options and gradient, a block like the parameters, are borrowed. */
struct tuner *tuner_new(const struct model *m,
                        const struct trainer_options *o, float *gradient);
void tuner_free(struct tuner *t);

/* logits [count,K] */
void tuner_forward(struct tuner *t, float *logits,
                   const struct example *example, size_t count,
                   const struct trainer_progress *progress);

/* Adds to the gradient. */
void tuner_backward(struct tuner *t, const float *dlogits);

#endif
