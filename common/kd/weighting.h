/*
 * weighting.h - the weights of the teachers of an utterance
 *
 * The gradient treats weights as constants.  They sum to 1, or are all 0 where
 * no teacher counts.  With K teachers, the student's logits z, a teacher's z_k,
 * p_k = softmax(z_k), the label y and e_k = -log p_k[y]:
 *
 *	cosine      softmax over teachers of cos(z, z_k) / tau, where
 *	            cos(a, b) = <a, b> / max(|a| |b|, 1e-8).  The
 *	            language-aware weights of Bijoy, Porjazovski, Grosz and
 *	            Kurimo (Interspeech 2025)
 *	language    1 for the teacher of the utterance's language (shared
 *	            equally by several); all 0 where there is none
 *	uniform     1 / K
 *	confidence  (1 - softmax over teachers of e_k) / (K - 1).  Zhang, Chen,
 *	            Wang, CA-MKD (ICASSP 2022)
 *	entropy     (1 - H_k / sum_j H_j) / (K - 1), H_k the entropy of p_k,
 *	            after Kwon and others, EBKD (ICASSP 2020), whose weights
 *	            sum to K - 1
 *	best        1 for the smallest e_k (shared equally by several).  Aslam
 *	            and others, MT-PKDOT (2024)
 *	margin      softmax over teachers of z_k[y] - max_{c != y} z_k[c]; for
 *	            one class 0.  Our reading of the max-margin teachers of
 *	            AMTSS (2023), which prints no formula
 *	aekd        argmin over a of |sum_k a_k g_k|^2, g_k the gradient by z of
 *	            the objective with teacher k, where sum_k a_k = 1 and
 *	            0 <= a_k <= max(bound, 1 / K).  Du and others, AE-KD
 *	            (NeurIPS 2020)
 *	fixed       those of "fixed:NAME=W,...", divided by their sum over the
 *	            teachers of the utterance
 *
 * A single teacher has the weight 1 in all but language and fixed.  Without a
 * label confidence, best and margin are uniform; so is entropy where all
 * entropies are 0.
 *
 * In the scope of a batch the cosine, e_k, H_k or margin is its mean over
 * those utterances of the batch that have the teacher (and a label, where one
 * is needed), and aekd's g_k is the gradient of the whole batch.  Language and
 * fixed weights are an utterance's own in either scope.
 */
#pragma once

#include <stdbool.h>

#include "core/arena.h"
#include "kd/objective.h"

struct weighting {
	const struct weighting_kind *kind;
	bool batch;               /* the scope */
	double tau;               /* of cosine */
	double bound;             /* of aekd */
	const struct objective *objective; /* of aekd; borrowed */
	const char *fixed;        /* "NAME=W,..."; borrowed */
};

/*
 * A weighting scores teachers, perhaps over a batch, and makes weights of the
 * scores; or it has apply, which needs no scores and no batch.
 */
struct weighting_kind {
	const char *name;
	/*
	 * weight [u->teachers]; NULL, or why not, which may be in the arena
	 */
	const char *(*apply)(double *weight, const struct weighting *w,
	                     const struct kd_utterance *u,
	                     struct arena *arena);
	/* without apply: score [n] of n teachers, or [n,n] of their pairs */
	void (*score)(double *score, const struct weighting *w,
	              const struct kd_utterance *u, struct arena *arena);
	void (*weigh)(double *weight, const double *score, size_t n,
	              const struct weighting *w);
	bool label;               /* the score needs the utterance's label */
	bool pairs;               /* scores are of pairs, [n,n] */
};

/* Weights of n teachers, without scores. */
void uniform_weigh(double *weight, const double *score, size_t n,
                   const struct weighting *w);

/* The names above, as the option takes them; NULL past the last. */
const char *weighting_name(size_t i);

/* Sets kind and fixed; NULL, or why text is no weighting.  Borrows text. */
const char *weighting_parse(struct weighting *w, const char *text);

/*
 * Fills weight[i] [u[i]->teachers] of each utterance of a batch that has
 * teachers, or sets why[i] to why this weighting is impossible.
 */
void weighting_apply(double *const *weight, const char **why,
                     const struct weighting *w,
                     const struct kd_utterance *const *u, size_t count,
                     struct arena *arena);
