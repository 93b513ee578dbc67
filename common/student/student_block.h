/*
 * student_block.h - one block of the compact student, forward and backward
 *
 * Utterances are packed: their rows follow one another in x [N,d], utterance
 * u at rows start[u] … start[u+1]-1.  Linear layers and norms take all rows at
 * once; what mixes rows over time takes one utterance after another.
 */
#pragma once

#include <stdint.h>

#include "student/student.h"

struct student_rows {
	const size_t *start;      /* count + 1 */
	size_t count, total;      /* utterances; N */
	size_t width, heads;
};

/* What a block's forward keeps for its backward; all in the arena. */
struct student_kept {
	const float *x;                       /* in [N,d] */
	float *attention_norm, *attention_mean, *attention_rstd;
	float *qkv, *attended;                /* [N,3d], [N,d] */
	float **probability;                  /* per utterance [heads,T,T] */
	uint8_t *attention_mask;              /* dropout, or NULL */
	float *h;                             /* what the mlp's norm sees */
	float *norm, *mean, *rstd;
	float *wide, *active;                 /* [N,4d] */
	uint8_t *mask;
	float dropout;
};

/* Returns y [N,d].  x must stay until after backward. */
float *student_block_forward(struct student_kept *kept, const float *x,
                             char letter, const struct student_block *w,
                             const struct student_rows *rows,
                             const struct student_dropout *dropout,
                             struct arena *arena);

/* Turns dy [N,d] into dx, in place; adds to gradient. */
void student_block_backward(struct student_block *gradient, float *dy,
                            const struct student_kept *kept, char letter,
                            const struct student_block *w,
                            const struct student_rows *rows,
                            struct arena *scratch);
