/*
 * student.h - the compact student: features in, logits out
 *
 *	features [T,M]
 *	conv k 5, stride 2, GELU                          [T/2,d]
 *	conv k 3, stride 2, GELU                          [T/4,d]
 *	blocks, one for each letter of the shape:
 *	    c   x + mlp(norm(depthwise k 7 (x)))          (ConvNeXt)
 *	    a   x + attention(norm(x)); x + mlp(norm(x))  (transformer)
 *	    where mlp = linear d -> 4d, GELU, linear 4d -> d
 *	norm
 *	attentive mean and standard deviation over time   [2d]
 *	beside them, functionals of the features, linear, GELU  [h]
 *	together                                          [2d+h] the embedding
 *	linear                                            [K]   the logits
 *
 * Liu et al. 2022 (ConvNeXt), Vaswani et al. 2017, Okabe et al. 2018.
 *
 * Utterances are never padded to a common length, so what one gives does not
 * depend on what those beside it say; on how many rows they have, only by
 * rounding (BLAS orders additions by a product's size).
 */
#ifndef STUDENT_H
#define STUDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/rng.h"
#include "model/params.h"

enum { STUDENT_BLOCKS_MAX = 16, STUDENT_CLASSES_MAX = 64 };

struct student_shape {
	size_t rows;              /* M: features per time step */
	size_t width;             /* d, a multiple of heads */
	size_t heads;
	size_t classes;           /* K */
	size_t summary;           /* h: of the functionals; 0 for none */
	int f0;                   /* the column of log F0, or -1 */
	char blocks[STUDENT_BLOCKS_MAX + 1]; /* "cacaca" */
};

struct student_norm { float *gain, *bias; };
struct student_linear { float *weight, *bias; };

struct student_block {
	struct student_linear depthwise;      /* c */
	struct student_norm attention_norm;   /* a */
	struct student_linear qkv, out;       /* a */
	struct student_norm norm;
	struct student_linear wide, narrow;   /* the mlp */
};

/* Pointers into a block of parameters, or of their gradients. */
struct student_weights {
	struct student_linear front[2];
	struct student_block block[STUDENT_BLOCKS_MAX];
	struct student_norm norm;
	struct student_linear score, score_out;
	struct student_linear summary;        /* none where h is 0 */
	struct student_linear classifier;
};

/* NULL, or what is wrong with a shape (a constant text). */
const char *student_shape_check(const struct student_shape *shape);

/* Numbers in an embedding, and in a row of functionals. */
size_t student_embedding_length(const struct student_shape *shape);
size_t student_functionals(const struct student_shape *shape);

/* The tensor list; binds w into base unless base is NULL. */
void student_layout(struct params *p, struct student_weights *w,
                    const struct student_shape *shape, float *base);

/* Some utterances that go through the network together. */
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
 * logits [count,K], embedding [count,2d+h] or NULL.  The pass lives in the
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
 * Adds to gradient, bound to a block the caller has zeroed.  scratch is
 * another arena than the pass's, and is cleared.
 */
void student_backward(struct student_weights *gradient,
                      const struct student_pass *pass, const float *dlogits,
                      const struct student_weights *w, struct arena *scratch);

#endif
