/*
 * head.h - from the states of all layers to logits
 *
 *	pooled = mean over time of the last state, or of all states, each
 *	         times softmax(layer_weight); [W], W = H
 *	projector head:  z = projector(pooled);  logits = classifier(z)
 *	dense head:      logits = out_proj(tanh(dense(pooled)))
 *
 * Pooling may also take the deviation, W = 2H: of all rows alike, or with the
 * weights softmax(x attention), a vector a state (attentive statistics pooling,
 * Okabe et al. 2018: nn/pool.h).
 *
 * Hugging Face projects each row and then takes the mean: since both are
 * linear, the same but for rounding.  The embedding is z for a projector
 * head (their pooled_output), pooled for a dense one (audEERING's).
 */
#pragma once

#include "encoder/pass.h"

struct encoder_head_kept {
	float *means;             /* [layers + 1][count,W] of each state */
	float **weight;           /* [layers + 1][N] of its rows, or NULL */
	float *share;             /* [layers + 1], or NULL: the last counts */
	float *pooled, *z;        /* [count,W], [count,P] */
	uint8_t *pooled_mask, *z_mask; /* dropout of a dense head */
};

/* Call it once, then encoder_head_state for each state, then ..._forward. */
void
encoder_head_begin(struct encoder_head_kept *k,
                   const struct encoder_rows *rows, struct arena *arena);

/* State n, 0 … layers: the input of layer n, x [N,H]. */
void encoder_head_state(struct encoder_head_kept *k, size_t n, const float *x,
                        const struct encoder_rows *rows, struct arena *arena);

/* logits [count,K]; embedding [count, encoder_embedding_length], or NULL. */
void encoder_head_forward(float *logits, float *embedding,
                          struct encoder_head_kept *k,
                          const struct encoder_rows *rows, struct arena *arena);

size_t encoder_embedding_length(const struct encoder_config *c);

/*
 * Adds to gradient; returns dpooled [count,W], in scratch, which
 * encoder_head_state_backward hands to each state.
 */
float *
encoder_head_backward(struct encoder_weights *gradient, const float *dlogits,
                      const struct encoder_head_kept *k,
                      const struct encoder_rows *rows, struct arena *scratch);

/* Adds to gradient and to dx [N,H] of state n, x. */
void encoder_head_state_backward(struct encoder_weights *gradient, float *dx,
                                 size_t n, const float *dpooled,
                                 const float *x,
                                 const struct encoder_head_kept *k,
                                 const struct encoder_rows *rows,
                                 struct arena *scratch);
