/*
 * embedding_loss.h - how a batch lies in the student's space and a teacher's
 *
 * Of n embeddings of the student's and as many of a teacher's, which may
 * have another width.  All of these compare how the utterances lie to each
 * other, so no adapter is between the spaces:
 *
 *	rkd   25 distances + 50 angles.  Park and others, Relational
 *	      Knowledge Distillation, CVPR 2019
 *	sp    3000 times similarities.  Tung, Mori, Similarity-Preserving
 *	      Knowledge Distillation, ICCV 2019
 *	ot    transport between rows of similarities.  Aslam and others,
 *	      Multi Teacher Privileged Knowledge Distillation, 2024
 *
 * with formulas in embedding_rkd.c, embedding_sp.c, embedding_ot.c.  Of
 * several teachers, the loss is
 *
 *	sum_k W_k E_k
 *
 * where E_k takes those utterances of the batch that have teacher k's
 * embedding, and W_k is the mean of weight.k over the batch (0 for an
 * utterance without that embedding).  Fewer than two utterances cost nothing.
 */
#ifndef EMBEDDING_LOSS_H
#define EMBEDDING_LOSS_H

#include "core/arena.h"
#include "kd/kd_utterance.h"

struct embedding_loss {
	const struct embedding_kind *kind;
	double share;             /* of it in the loss */
};

/* The names above, as error messages list them. */
extern const char EMBEDDING_NAMES[];

/* Sets the kind; NULL, or the reason text names no loss on embeddings. */
const char *embedding_parse(struct embedding_loss *e, const char *text);

/* Sets why[i] where an embedding is not as long as its batch's first. */
void embedding_check(const char **why, const struct kd_utterance *const *u,
                     size_t count);

/*
 * Returns the loss, without its share.  Fills gradient[i] [u[i]->width] with
 * count times the gradient of share times the loss: their mean over the batch
 * is the batch's.
 */
double embedding_loss(float *const *gradient, const struct embedding_loss *e,
                      const struct kd_utterance *const *u,
                      const double *const *weight, size_t count,
                      struct arena *arena);

#endif
