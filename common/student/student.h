/*
 * student.h - the compact student: computes logits from features
 *
 *	features [T,M]; or [1,M], functionals, the raw ones whitened
 *	conv k 5, stride 2, GELU                          [T/2,d]
 *	conv k 3, stride 2, GELU                          [T/4,d]
 *	blocks, one for each letter of the shape:
 *	    c   x + mlp(norm(depthwise k 7 (x)))          (ConvNeXt)
 *	    a   x + attention(norm(x)); x + mlp(norm(x))  (transformer)
 *	    where mlp = linear d -> 4d, GELU, linear 4d -> d
 *	norm
 *	attentive mean and standard deviation over time   [2d]  the embedding
 *	linear                                            [K]   the logits
 *
 * Liu et al. 2022 (ConvNeXt), Vaswani et al. 2017, Okabe et al. 2018.
 *
 * Utterances are never padded to a common length, so the output for one does
 * not depend on the contents of the others in a batch.  It depends on their
 * number of rows by rounding alone (BLAS orders additions by a product's size).
 */
#pragma once

#include <stddef.h>

#include "core/arena.h"
#include "core/rng.h"
#include "student/student_layout.h"

/* Utterances that pass through the network together. */
struct student_batch {
	size_t count;
	const float *const *features; /* count of [rows[i],M], rows[i] > 0 */
	const size_t *rows;
};

/* Dropout while training; zeros otherwise. */
struct student_dropout {
	float block, head;
	struct rng *rng;          /* NULL: none */
};

struct student_pass;          /* what forward keeps for backward */

/*
 * logits [count,K], embedding [count,2d] or NULL.  The pass lives in the
 * arena, as do all activations, until the caller clears it.  Calls with
 * different arenas may run at the same time.
 */
struct student_pass *
student_forward(float *logits, float *embedding, struct arena *arena,
                const struct student_batch *batch,
                const struct student_weights *w,
                const struct student_shape *shape,
                const struct student_dropout *dropout);

/*
 * The same bits as student_forward without dropout, in the memory of one
 * block: nothing is kept for backward.  The arena's second is cleared.
 */
void student_infer(float *logits, float *embedding, struct arena *arena,
                   const struct student_batch *batch,
                   const struct student_weights *w,
                   const struct student_shape *shape);

/*
 * Adds to gradient, bound to a block the caller has zeroed.  dembedding
 * [count,2d] or NULL adds to what comes from the logits.  scratch is
 * another arena than the pass's, and is cleared.
 */
void student_backward(struct student_weights *gradient,
                      const struct student_pass *pass, const float *dlogits,
                      const float *dembedding,
                      const struct student_weights *w, struct arena *scratch);
