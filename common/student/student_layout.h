/*
 * student_layout.h - the compact student's shape, and the list of its tensors
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "weights/params.h"

enum {
	STUDENT_BLOCKS_MAX = 16,
	STUDENT_CLASSES_MAX = 64,
	STUDENT_FRONT_LAYERS = 2,
	STUDENT_DEPTHWISE_TAPS = 7,
	STUDENT_MLP_FACTOR = 4
};

struct student_shape {
	size_t rows;              /* M: features per time step */
	size_t width;             /* d, a multiple of heads */
	size_t heads;
	size_t classes;           /* K */
	char blocks[STUDENT_BLOCKS_MAX + 1]; /* "cacaca" */
	bool functionals;         /* reads one row of them; no blocks */
	bool whitened;            /* the row is whitened (whitening.h) */
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
	struct { float *weight, *centre; } whiten; /* not trained */
	struct student_linear front[2];
	struct student_block block[STUDENT_BLOCKS_MAX];
	struct student_norm norm;
	struct student_linear score, score_out;
	struct student_linear classifier;
};

/*
 * Width, heads and blocks of "small", "base" or "large", or NULL: 0.2, 1.4
 * and 5.6 million weights with 83 features and 4 classes.
 */
const struct student_shape *student_size(const char *name);

/* One of the networks that make up a student. */
struct student_member {
	struct student_shape shape;
	struct student_weights weights;
	float share;              /* its weight among the members */
};

/* NULL, or what is wrong with a shape (a constant text). */
const char *student_shape_check(const struct student_shape *shape);

/* Taps of a convolution of the front: 1 where there is only one row. */
size_t student_front_taps(const struct student_shape *shape, size_t layer);

/* Numbers in an embedding. */
size_t student_embedding_length(const struct student_shape *shape);

/* The tensor list; binds w into base unless base is NULL. */
void student_layout(struct params *p, struct student_weights *w,
                    const struct student_shape *shape, float *base);
