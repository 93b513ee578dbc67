/*
 * head.h - from the states of all layers to logits
 *
 *	pooled = mean over time of the last state, or of all states, each
 *	         times softmax(layer_weight)
 *	projector head:  z = projector(pooled);  logits = classifier(z)
 *	dense head:      logits = out_proj(tanh(dense(pooled)))
 *
 * Hugging Face projects each row and then takes the mean: since both are
 * linear, the same but for rounding.  The embedding is z for a projector
 * head (their pooled_output), pooled for a dense one (audEERING's).
 */
#pragma once

#include "encoder/pass.h"

struct encoder_head_kept {
	float *means;             /* [layers + 1][count,H] of each state */
	float *share;             /* [layers + 1], or NULL: the last counts */
	float *pooled, *z;        /* [count,H], [count,P] */
	uint8_t *pooled_mask, *z_mask; /* dropout of a dense head */
};

/* Call it once, then encoder_head_state for each state, then ..._forward. */
void
encoder_head_begin(struct encoder_head_kept *k,
                   const struct encoder_rows *rows, struct arena *arena);

/* State n, 0 … layers: the input of layer n, x [N,H]. */
void encoder_head_state(struct encoder_head_kept *k, size_t n, const float *x,
                        const struct encoder_rows *rows);

/* logits [count,K]; embedding [count, encoder_embedding_length], or NULL. */
void encoder_head_forward(float *logits, float *embedding,
                          struct encoder_head_kept *k,
                          const struct encoder_rows *rows, struct arena *arena);

size_t encoder_embedding_length(const struct encoder_config *c);

/*
 * Adds to gradient; returns dpooled [count,H], in scratch, which
 * encoder_head_state_backward hands to each state.
 */
float *
encoder_head_backward(struct encoder_weights *gradient, const float *dlogits,
                      const struct encoder_head_kept *k,
                      const struct encoder_rows *rows, struct arena *scratch);

/* Adds to dx [N,H] of state n. */
void encoder_head_state_backward(float *dx, size_t n, const float *dpooled,
                                 const struct encoder_head_kept *k,
                                 const struct encoder_rows *rows);
