/*
 * encoding_head.h - a small network over encodings of a pre-trained one
 *
 * For the encoding x [L,W] of an utterance (L states of W statistics each):
 *
 *	z[l]   = (x[l] - mean[l]) / deviation[l]
 *	v      = sum_l softmax(layer_weight)[l] z[l]
 *	e      = GELU(hidden(v))            hidden W -> P; e is the embedding
 *	logits = classifier(dropout(e))     P -> K
 *
 * mean and deviation are those of the training set and are not trained.  The
 * weights over layers follow Yang et al. 2021 (SUPERB).
 */
#pragma once

#include <stddef.h>

#include "core/arena.h"
#include "core/rng.h"
#include "weights/params.h"

struct encoding_head_shape {
	size_t layers, width;     /* L, W */
	size_t hidden, classes;   /* P, K */
};

struct encoding_head_weights {
	float *mean, *deviation;  /* [L,W] */
	float *layer_weight;      /* [L] */
	float *hidden, *hidden_bias; /* [P,W], [P] */
	float *classifier, *classifier_bias; /* [K,P], [K] */
};

/* Lists the tensors; mean and deviation come first. */
void encoding_head_layout(struct params *p, struct encoding_head_weights *w,
                          const struct encoding_head_shape *s);

struct encoding_head_pass;

/*
 * logits [N,K] and, unless it is NULL, embedding [N,P] of encodings x[n] [L,W].
 * A share above 0 drops out with rng.  The pass, for backward, is the arena's;
 * x must outlive it.
 */
struct encoding_head_pass *
encoding_head_forward(float *logits, float *embedding, const float *const *x,
                      size_t N, const struct encoding_head_weights *w,
                      const struct encoding_head_shape *s, float share,
                      struct rng *rng, struct arena *arena);

/* Adds to gradient, but to mean and deviation.  dembedding may be NULL. */
void encoding_head_backward(struct encoding_head_weights *gradient,
                            const struct encoding_head_pass *pass,
                            const float *dlogits, const float *dembedding,
                            struct arena *scratch);
