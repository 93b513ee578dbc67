/*
 * encoder_trainer.h - fine-tuning a wav2vec 2.0, HuBERT or WavLM network
 *
 * The whole batch goes through the network at once, utterance beside
 * utterance; threads share each layer's work.  What its layers would have to
 * keep beyond o->memory is computed again on the way back.  Dropout and masks
 * are those of the model's config.json.
 */
#ifndef ENCODER_TRAINER_H
#define ENCODER_TRAINER_H

#include "train/example.h"
#include "train/trainer.h"

struct encoder_trainer;

/* Model, options and gradient, a block like the parameters, are borrowed. */
struct encoder_trainer *
encoder_trainer_new(const struct model *m, const struct trainer_options *o,
                    float *gradient);
void encoder_trainer_free(struct encoder_trainer *t);

/* logits [count,K] */
void encoder_trainer_forward(struct encoder_trainer *t, float *logits,
                             const struct example *example, size_t count,
                             const struct trainer_progress *progress);

/* Adds to the gradient. */
void encoder_trainer_backward(struct encoder_trainer *t, const float *dlogits);

#endif
