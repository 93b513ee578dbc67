/*
 * kd_loss.h - the loss of a student with several teachers, for one utterance
 *
 * With the student's logits z, weights w_k, label y, lambda L, K classes and
 * label smoothing s:
 *
 *	CE   = -sum_c q_c log softmax(z)_c,  q = (1 - s) onehot(y) + s / K
 *	KD   = sum_k w_k D_k, with D_k the objective with teacher k (see
 *	       objective.h); for the reduction "mean" divided by K
 *	loss = (1 - L) CE + L KD
 *
 * (Hinton, Vinyals, Dean 2015.)  L counts as 1 without a label, and as 0 when
 * all weights are 0.
 *
 * The gradient, weights constant:
 *
 *	dloss/dz = (1 - L) (softmax(z) - q) + L dKD/dz
 *
 * Sums are taken in double, exponents from the largest logit down: any finite
 * logits give finite results.
 */
#pragma once

#include "kd/embedding_loss.h"
#include "kd/weighting.h"
#include "stream/match.h"

struct kd_options {
	double lambda;            /* 0 to 1 */
	double lambda_alone;      /* where there is only one teacher */
	double smoothing;         /* 0 to below 1 */
	bool mean;                /* the reduction */
	bool partial;             /* utterances may lack a teacher */
	bool unseen;              /* only teachers not trained on the speaker */
	struct keys *teachers;    /* patterns of their names; NULL: all */
	struct objective objective;
	struct weighting weighting;
	struct embedding_loss embedding; /* kind NULL: none */
};

struct kd_loss {
	double loss;
	double ce;                /* 0 without a label */
	double kd;                /* 0 without a teacher */
};

/*
 * Fills dlogits [u->classes]; weight [u->teachers] is from weighting_apply.
 * The utterance must have a label or a weight over 0.
 */
struct kd_loss kd_loss(double *dlogits, const double *weight,
                       const struct kd_utterance *u,
                       const struct kd_options *options);
