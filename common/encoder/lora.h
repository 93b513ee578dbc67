/*
 * lora.h - low-rank adapters: few weights to train in place of many
 *
 * Hu et al. 2021, LoRA, section 4.1, with alpha the rank.  The weights of the
 * queries and of the values of each layer are
 *
 *	W + B A        W [H,H], frozen   A [r,H]   B [H,r], 0 at first
 *
 * Training keeps the three apart; for all else they are merged into one.
 */
#pragma once

#include "encoder/layout.h"

/* While training: the weights that the network computes with. */
struct encoder_lora {
	struct encoder_weights weights; /* the file's, but for W + B A */
	float *block;             /* [layers,2,H,H] of these; owned */
};

/* Takes the pointers of w, which is bound; no adapters: does nothing. */
void encoder_lora_init(struct encoder_lora *l, const struct encoder_weights *w,
                       const struct encoder_config *c);
void encoder_lora_release(struct encoder_lora *l);

/* Computes W + B A again, after an update. */
void encoder_lora_update(struct encoder_lora *l,
                         const struct encoder_weights *w,
                         const struct encoder_config *c);

/* Adds to the gradients of A and B from those of W, which stay. */
void encoder_lora_backward(struct encoder_weights *gradient,
                           const struct encoder_weights *w,
                           const struct encoder_config *c);

/* Is this the slot of an adapter? */
bool encoder_lora_has(const struct encoder_weights *w,
                      const struct encoder_config *c, float *const *slot);

/*
 * Writes W + B A over W's slots, and takes the adapters off the list, the
 * weights and the configuration.  Returns the new weights, for the caller to
 * free after w.
 */
float *encoder_lora_merge(struct params *p, struct encoder_weights *w,
                          struct encoder_config *c);
