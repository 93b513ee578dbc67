#include <string.h>

#include "nn/attention.h"
#include "nn/depthwise.h"
#include "nn/dropout.h"
#include "nn/gelu.h"
#include "nn/layernorm.h"
#include "nn/linear.h"
#include "nn/residual.h"
#include "student/student_block.h"

static size_t
rows_of(const struct student_rows *r, size_t utterance)
{
	return r->start[utterance + 1] - r->start[utterance];
}

/* y = trunk + dropout(z), in y's own memory; the mask or NULL. */
static uint8_t *
branch_join(float *y, const float *trunk, float *z, size_t n,
            const struct student_dropout *dropout, struct arena *arena)
{
	uint8_t *mask = NULL;

	if (dropout->rng && dropout->block > 0) {
		mask = arena_take(arena, n, 1);
		dropout_mask(mask, dropout->rng, dropout->block, n);
		dropout_forward(z, z, mask, dropout->block, n);
	}
	residual_forward(y, trunk, z, NULL, 1, n);
	return mask;
}

/* The gradient of z above; dy itself where nothing was dropped. */
static const float *
branch_split(const float *dy, const uint8_t *mask, float p, size_t n,
             struct arena *arena)
{
	float *dz;

	if (!mask)
		return dy;
	dz = arena_zeros(arena, n);
	dropout_backward(dz, dy, mask, p, n);
	return dz;
}

/* trunk + mlp(norm(k->h)) */
static float *
mlp_forward(struct student_kept *k, const float *trunk,
            const struct student_block *w, const struct student_rows *r,
            const struct student_dropout *dropout, struct arena *arena)
{
	size_t N = r->total, d = r->width, wide = STUDENT_MLP_FACTOR * d;
	float *y = arena_floats(arena, N * d);

	k->norm = arena_floats(arena, N * d);
	k->mean = arena_floats(arena, N);
	k->rstd = arena_floats(arena, N);
	k->wide = arena_floats(arena, N * wide);
	k->active = arena_floats(arena, N * wide);
	layernorm_forward(k->norm, k->mean, k->rstd, k->h, w->norm.gain,
	                  w->norm.bias, N, d,
	                  LAYERNORM_EPSILON);
	linear_forward_few(k->wide, k->norm, d, w->wide.weight, w->wide.bias,
	                   N, d, wide);
	gelu_forward(k->active, k->wide, N * wide);
	linear_forward_few(y, k->active, wide, w->narrow.weight,
	                   w->narrow.bias, N, wide, d);
	k->mask = branch_join(y, trunk, y, N * d, dropout, arena);
	return y;
}

/* Adds the gradient that reaches k->h through the branch to dh [N,d]. */
static void
mlp_backward(struct student_block *g, float *dh, const float *dy,
             const struct student_kept *k, const struct student_block *w,
             const struct student_rows *r, struct arena *arena)
{
	size_t N = r->total, d = r->width, wide = STUDENT_MLP_FACTOR * d;
	float *dactive = arena_zeros(arena, N * wide);
	float *dwide = arena_zeros(arena, N * wide);
	float *dnorm = arena_zeros(arena, N * d);
	const float *dz = branch_split(dy, k->mask, k->dropout, N * d, arena);

	linear_backward(dactive, wide, g->narrow.weight, g->narrow.bias, dz,
	                k->active, wide, w->narrow.weight, N, wide, d);
	gelu_backward(dwide, dactive, k->wide, N * wide);
	linear_backward(dnorm, d, g->wide.weight, g->wide.bias, dwide,
	                k->norm, d, w->wide.weight, N, d, wide);
	layernorm_backward(dh, g->norm.gain, g->norm.bias, dnorm, k->h,
	                   w->norm.gain, k->mean, k->rstd, N, d);
}

/* x + attention(norm(x)) */
static float *
attention_branch_forward(struct student_kept *k,
                         const struct student_block *w,
                         const struct student_rows *r,
                         const struct student_dropout *dropout,
                         struct arena *arena)
{
	size_t N = r->total, d = r->width;
	float *y = arena_floats(arena, N * d);

	k->attention_norm = arena_floats(arena, N * d);
	k->attention_mean = arena_floats(arena, N);
	k->attention_rstd = arena_floats(arena, N);
	k->qkv = arena_floats(arena, N * 3 * d);
	k->attended = arena_floats(arena, N * d);
	k->probability = arena_take(arena, r->count, sizeof *k->probability);
	layernorm_forward(k->attention_norm, k->attention_mean,
	                  k->attention_rstd, k->x, w->attention_norm.gain,
	                  w->attention_norm.bias, N, d,
	                  LAYERNORM_EPSILON);
	linear_forward_few(k->qkv, k->attention_norm, d, w->qkv.weight,
	                   w->qkv.bias, N, d, 3 * d);
	for (size_t u = 0; u < r->count; u++) {
		size_t T = rows_of(r, u), at = r->start[u];

		k->probability[u] = arena_floats(arena, r->heads * T * T);
		attention_forward(k->attended + at * d, k->probability[u],
		                  arena_floats(arena, attention_scratch(T)),
		                  k->qkv + at * 3 * d, NULL, T, d, r->heads);
	}
	linear_forward_few(y, k->attended, d, w->out.weight, w->out.bias, N,
	                   d, d);
	k->attention_mask = branch_join(y, k->x, y, N * d, dropout, arena);
	return y;
}

/* Adds the gradient that reaches k->x through the branch to dx [N,d]. */
static void
attention_branch_backward(struct student_block *g, float *dx,
                          const float *dy, const struct student_kept *k,
                          const struct student_block *w,
                          const struct student_rows *r, struct arena *arena)
{
	size_t N = r->total, d = r->width;
	float *dattended = arena_zeros(arena, N * d);
	float *dqkv = arena_zeros(arena, N * 3 * d);
	float *dnorm = arena_zeros(arena, N * d);
	const float *dz = branch_split(dy, k->attention_mask, k->dropout,
	                               N * d, arena);

	linear_backward(dattended, d, g->out.weight, g->out.bias, dz,
	                k->attended, d, w->out.weight, N, d, d);
	for (size_t u = 0; u < r->count; u++) {
		size_t T = rows_of(r, u), at = r->start[u];

		attention_backward(dqkv + at * 3 * d, NULL, NULL,
		                   arena_floats(arena, attention_scratch(T)),
		                   dattended + at * d, k->qkv + at * 3 * d,
		                   k->probability[u], NULL, T, d, r->heads);
	}
	linear_backward(dnorm, d, g->qkv.weight, g->qkv.bias, dqkv,
	                k->attention_norm, d, w->qkv.weight, N, d, 3 * d);
	layernorm_backward(dx, g->attention_norm.gain, g->attention_norm.bias,
	                   dnorm, k->x, w->attention_norm.gain,
	                   k->attention_mean, k->attention_rstd, N, d);
}

float *
student_block_forward(struct student_kept *kept, const float *x, char letter,
                      const struct student_block *w,
                      const struct student_rows *rows,
                      const struct student_dropout *dropout,
                      struct arena *arena)
{
	size_t d = rows->width;

	*kept = (struct student_kept){ .x = x, .dropout = dropout->block };
	if (letter == 'a') {
		kept->h = attention_branch_forward(kept, w, rows, dropout,
		                                   arena);
		return mlp_forward(kept, kept->h, w, rows, dropout, arena);
	}
	kept->h = arena_floats(arena, rows->total * d);
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * d;

		depthwise_forward(kept->h + at, x + at, w->depthwise.weight,
		                  w->depthwise.bias, rows_of(rows, u), d,
		                  STUDENT_DEPTHWISE_TAPS);
	}
	return mlp_forward(kept, x, w, rows, dropout, arena);
}

/*
 * The trunk hands dy through unchanged, so each branch adds its part to a
 * copy of it: for c, dx = dy + depthwise'(dh); for a, dh = dy + mlp' and
 * dx = dh + attention'.
 */
void
student_block_backward(struct student_block *gradient, float *dy,
                       const struct student_kept *kept, char letter,
                       const struct student_block *w,
                       const struct student_rows *rows, struct arena *scratch)
{
	size_t n = rows->total * rows->width;
	float *dh = arena_zeros(scratch, n);

	mlp_backward(gradient, dh, dy, kept, w, rows, scratch);
	if (letter == 'a') {
		add_scaled(dy, 1, dh, n); /* dh in full */
		memcpy(dh, dy, n * sizeof *dh);
		attention_branch_backward(gradient, dy, dh, kept, w, rows,
		                          scratch);
		return;
	}
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * rows->width;

		depthwise_backward(dy + at, gradient->depthwise.weight,
		                   gradient->depthwise.bias, dh + at,
		                   kept->x + at, w->depthwise.weight,
		                   rows_of(rows, u), rows->width,
		                   STUDENT_DEPTHWISE_TAPS);
	}
}
