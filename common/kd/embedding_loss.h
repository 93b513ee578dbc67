/*
 * embedding_loss.h - losses between the embeddings of student and teachers
 *
 * Each compares the relations between the utterances of a batch in the space of
 * the student with those in the space of a teacher.  The two spaces may differ
 * in width, and no adapter is needed:
 *
 *	rkd   25 distances + 50 angles.  Park and others, Relational
 *	      Knowledge Distillation, CVPR 2019
 *	sp    3000 times similarities.  Tung, Mori, Similarity-Preserving
 *	      Knowledge Distillation, ICCV 2019
 *	ot    transport between rows of similarities.  Aslam and others,
 *	      Multi Teacher Privileged Knowledge Distillation, 2024
 *
 * Their formulas are in embedding_rkd.c, embedding_sp.c and embedding_ot.c.
 * With several teachers the loss is
 *
 *	sum_k W_k E_k
 *
 * where E_k is the loss of those utterances of the batch that have an embedding
 * by teacher k, and W_k is the mean of weight.k over the batch (0 for an
 * utterance without that embedding).  E_k of fewer than two utterances is 0.
 */
#pragma once

#include "core/arena.h"
#include "kd/objective.h"

struct embedding_loss {
	const struct embedding_kind *kind;
	double share;             /* weight in the loss of the utterance */
};

/* The names above; NULL past the last. */
const char *embedding_name(size_t i);

/* Sets the kind; NULL, or the reason that text names no such loss. */
const char * embedding_parse(struct embedding_loss *e, const char *text);

/* Sets why[i] where an embedding has another length than the batch's first. */
void embedding_check(const char **why, const struct kd_utterance *const *u,
                     size_t count);

/*
 * Returns the loss of a batch, not multiplied by share.  Fills gradient[i]
 * [u[i]->width] with count times the gradient of share times the loss, so that
 * the mean over the batch is the gradient of the batch.
 */
double embedding_loss(float *const *gradient, const struct embedding_loss *e,
                      const struct kd_utterance *const *u,
                      const double *const *weight, size_t count,
                      struct arena *arena);

/*
 * The losses, one a file: x [n,D] are the student's embeddings, y [n,E] the
 * teacher's, n over 1.  Each returns the loss and adds its gradient to dx.
 */
double rkd_apply(double *dx, const double *x, size_t D, const double *y,
                 size_t E, size_t n, struct arena *arena);
double sp_apply(double *dx, const double *x, size_t D, const double *y,
                size_t E, size_t n, struct arena *arena);
double ot_apply(double *dx, const double *x, size_t D, const double *y,
                size_t E, size_t n, struct arena *arena);

/* G = x x' [n,n] of x [n,D] */
void gram_forward(double *G, const double *x, size_t n, size_t D);

/* Adds (dG + dG') x to dx. */
void gram_backward(double *dx, const double *dG, const double *x, size_t n,
                   size_t D);
