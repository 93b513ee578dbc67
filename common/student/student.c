#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/vector.h"
#include "core/xalloc.h"
#include "nn/conv1d.h"
#include "nn/dropout.h"
#include "nn/gelu.h"
#include "nn/layernorm.h"
#include "nn/linear.h"
#include "nn/pool.h"
#include "nn/vexp.h"
#include "student/student.h"
#include "student/student_block.h"

/* What the head keeps for backward; all in the arena. */
struct head_kept {
	const float *trunk;                   /* in [N,d] */
	float *norm, *mean, *rstd;
	float *hidden;                        /* of the score, after tanh */
	float *weight;                        /* of the pooling [N] */
	float *embedding, *dropped;           /* and after dropout */
	uint8_t *mask;                        /* dropout's, or NULL */
	float dropout;
};

/* In place, x [n]. */
VECTORISED static void
tanh_forward(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = vtanh(x[i]);
}

/* Adds to dx [n]:  dy (1 - y^2). */
VECTORISED static void
tanh_backward(float *dx, const float *dy, const float *y, size_t n)
{
	for (size_t i = 0; i < n; i++)
		dx[i] += dy[i] * (1 - y[i] * y[i]);
}

/* Attentive statistics of each utterance, to embedding rows of E floats. */
static void
pool_rows_forward(struct head_kept *k, const struct student_rows *r,
                  const struct student_weights *w, size_t E,
                  struct arena *arena)
{
	size_t N = r->total, d = r->width;
	float *score = arena_floats(arena, N);

	k->norm = arena_floats(arena, N * d);
	k->mean = arena_floats(arena, N);
	k->rstd = arena_floats(arena, N);
	k->hidden = arena_floats(arena, N * (d / 2));
	k->weight = arena_floats(arena, N);
	layernorm_forward(k->norm, k->mean, k->rstd, k->trunk, w->norm.gain,
	                  w->norm.bias, N, d, LAYERNORM_EPSILON);
	linear_forward_few(k->hidden, k->norm, d, w->score.weight,
	                   w->score.bias, N, d, d / 2);
	tanh_forward(k->hidden, N * (d / 2));
	linear_forward_few(score, k->hidden, d / 2, w->score_out.weight,
	                   w->score_out.bias, N, d / 2, 1);
	for (size_t u = 0; u < r->count; u++) {
		size_t at = r->start[u];

		pool_forward(k->embedding + u * E, k->weight + at, score + at,
		             k->norm + at * d, r->start[u + 1] - at, d);
	}
}

static void
pool_rows_backward(struct student_weights *g, float *dtrunk,
                   const struct head_kept *k,
                   const float *dembedding, const struct student_rows *r,
                   const struct student_weights *w, size_t E,
                   struct arena *scratch)
{
	size_t N = r->total, d = r->width;
	float *dscore = arena_zeros(scratch, N);
	float *dhidden = arena_zeros(scratch, N * (d / 2));
	float *dtanh = arena_zeros(scratch, N * (d / 2));
	float *dnorm = arena_zeros(scratch, N * d);

	for (size_t u = 0; u < r->count; u++) {
		size_t at = r->start[u];

		pool_backward(dscore + at, dnorm + at * d, dembedding + u * E,
		              k->embedding + u * E, k->weight + at,
		              k->norm + at * d, r->start[u + 1] - at, d);
	}
	linear_backward(dtanh, d / 2, g->score_out.weight, g->score_out.bias,
	                dscore, k->hidden, d / 2, w->score_out.weight, N,
	                d / 2, 1);
	tanh_backward(dhidden, dtanh, k->hidden, N * (d / 2));
	linear_backward(dnorm, d, g->score.weight, g->score.bias, dhidden,
	                k->norm, d, w->score.weight, N, d, d / 2);
	layernorm_backward(dtrunk, g->norm.gain, g->norm.bias, dnorm, k->trunk,
	                   w->norm.gain, k->mean, k->rstd, N, d);
}

/* norm, attentive statistics [2d] (the embedding), linear [K] (the logits) */
static void
head_forward(float *logits, struct head_kept *k,
                     const float *trunk, const struct student_rows *rows,
                     const struct student_weights *w,
                     const struct student_shape *s,
                     const struct student_dropout *dropout,
                     struct arena *arena)
{
	size_t E = student_embedding_length(s), n = rows->count * E;

	*k = (struct head_kept){ .trunk = trunk };
	k->embedding = k->dropped = arena_floats(arena, n);
	pool_rows_forward(k, rows, w, E, arena);
	if (dropout->rng && dropout->head > 0) {
		k->dropout = dropout->head;
		k->mask = arena_take(arena, n, 1);
		k->dropped = arena_floats(arena, n);
		dropout_mask(k->mask, dropout->rng, k->dropout, n);
		dropout_forward(k->dropped, k->embedding, k->mask, k->dropout,
		                n);
	}
	linear_forward(logits, k->dropped, E, w->classifier.weight,
	               w->classifier.bias, rows->count, E, s->classes);
}

/*
 * Adds to gradient and to dtrunk [N,d].  dembedding [count,2d], or NULL, is
 * the loss's gradient of the embedding, before dropout.
 */
static void
head_backward(struct student_weights *g, float *dtrunk,
                      const struct head_kept *k,
                      const float *dlogits, const float *dembedding,
                      const struct student_rows *rows,
                      const struct student_weights *w,
                      const struct student_shape *s, struct arena *scratch)
{
	size_t E = student_embedding_length(s), n = rows->count * E;
	float *d = arena_zeros(scratch, n);

	linear_backward(d, E, g->classifier.weight,
	                g->classifier.bias, dlogits, k->dropped, E,
	                w->classifier.weight, rows->count, E, s->classes);
	if (k->mask) {
		float *kept = arena_zeros(scratch, n);

		dropout_backward(kept, d, k->mask, k->dropout, n);
		d = kept;
	}
	for (size_t i = 0; i < n && dembedding; i++)
		d[i] += dembedding[i];
	pool_rows_backward(g, dtrunk, k, d, rows, w, E, scratch);
}

enum { FRONT_LAYERS = STUDENT_FRONT_LAYERS, FRONT_STRIDE = 2 };

/* An utterance in one strided convolution. */
struct front_kept {
	float *padded;            /* in, with k/2 rows of zeros at each end */
	size_t padded_rows;
	float *wide;              /* before GELU */
	size_t rows;              /* out */
};

struct student_pass {
	struct arena *arena;      /* of what each part keeps */
	bool kept;                /* for backward; else until the next part */
	struct student_shape shape;
	struct student_rows rows;
	struct front_kept *front; /* [count][FRONT_LAYERS] */
	struct student_kept block[STUDENT_BLOCKS_MAX];
	struct head_kept head;
};

/* x between k/2 rows of zeros. */
static float *
pad(const float *x, size_t rows, size_t columns, size_t k, struct arena *arena)
{
	size_t edge = k / 2 * columns;
	float *padded = arena_floats(arena, rows * columns + 2 * edge);

	memset(padded, 0, edge * sizeof *padded);
	memset(padded + edge + rows * columns, 0, edge * sizeof *padded);
	if (x)
		memcpy(padded + edge, x, rows * columns * sizeof *x);
	return padded;
}

static void
front_convolve(struct front_kept *k, float *wide, size_t taps,
               const struct student_linear *w, size_t in, size_t d)
{
	k->wide = wide;
	conv1d_forward(wide, k->padded, w->weight, w->bias, k->padded_rows,
	               in, d, taps, FRONT_STRIDE);
}

/*
 * Whitens the raw functionals in the first half of a row; where they are all
 * 0, the utterance has none, and they stay 0.
 */
static const float *
whiten(const float *x, const struct student_pass *p,
       const struct student_weights *w)
{
	size_t n = p->shape.rows / 2, zeros = 0;
	float *z = arena_floats(p->arena, 3 * n), *centred = z + 2 * n;

	memcpy(z, x, 2 * n * sizeof *z);
	while (zeros < n && x[zeros] == 0)
		zeros++;
	if (zeros == n)
		return z;
	for (size_t i = 0; i < n; i++)
		centred[i] = x[i] - w->whiten.centre[i];
	linear_forward(z, centred, n, w->whiten.weight, NULL, 1, n, n);
	return z;
}

static size_t
front_rows(size_t rows, size_t taps)
{
	return conv1d_rows(rows + 2 * (taps / 2), taps, FRONT_STRIDE);
}

/* Both convolutions of utterance u; the second writes to out [rows,d]. */
static void
front_forward(struct student_pass *p, float *out, float *wide, size_t u,
              const float *x, size_t rows, const struct student_weights *w)
{
	struct front_kept *k = p->front + u * FRONT_LAYERS;
	size_t M = p->shape.rows, d = p->shape.width;
	size_t first = student_front_taps(&p->shape, 0);
	size_t second = student_front_taps(&p->shape, 1);

	if (p->shape.whitened)
		x = whiten(x, p, w);
	k[0].padded = pad(x, rows, M, first, p->arena);
	k[0].padded_rows = rows + 2 * (first / 2);
	k[0].rows = front_rows(rows, first);
	front_convolve(&k[0], arena_floats(p->arena, k[0].rows * d), first,
	               &w->front[0], M, d);

	k[1].padded = pad(NULL, k[0].rows, d, second, p->arena);
	k[1].padded_rows = k[0].rows + 2 * (second / 2);
	k[1].rows = front_rows(k[0].rows, second);
	gelu_forward(k[1].padded + second / 2 * d, k[0].wide,
	             k[0].rows * d);
	front_convolve(&k[1], wide, second, &w->front[1], d, d);
	gelu_forward(out, wide, k[1].rows * d);
}

static void
front_backward(struct student_weights *g, const struct student_pass *p,
               size_t u, const float *dout, const struct student_weights *w,
               struct arena *scratch)
{
	const struct front_kept *k = p->front + u * FRONT_LAYERS;
	size_t M = p->shape.rows, d = p->shape.width;
	size_t first = student_front_taps(&p->shape, 0);
	size_t second = student_front_taps(&p->shape, 1);
	float *dwide = arena_zeros(scratch, k[1].rows * d);
	float *dpadded = arena_zeros(scratch, k[1].padded_rows * d);
	float *dfirst = arena_zeros(scratch, k[0].rows * d);

	gelu_backward(dwide, dout, k[1].wide, k[1].rows * d);
	conv1d_backward(dpadded, g->front[1].weight, g->front[1].bias, dwide,
	                k[1].padded, w->front[1].weight, k[1].padded_rows, d,
	                d, second, FRONT_STRIDE);
	gelu_backward(dfirst, dpadded + second / 2 * d, k[0].wide,
	              k[0].rows * d);
	conv1d_backward(NULL, g->front[0].weight, g->front[0].bias, dfirst,
	                k[0].padded, w->front[0].weight, k[0].padded_rows, M,
	                d, first, FRONT_STRIDE);
}

/* How many rows each utterance has after the front, packed. */
static struct student_rows
rows_measure(const struct student_batch *b, const struct student_shape *s,
             struct arena *arena)
{
	size_t *start = arena_take(arena, b->count + 1, sizeof *start);

	start[0] = 0;
	for (size_t u = 0; u < b->count; u++)
		start[u + 1] = start[u] +
			front_rows(front_rows(b->rows[u],
			                      student_front_taps(s, 0)),
			           student_front_taps(s, 1));
	return (struct student_rows){
		.start = start, .count = b->count, .total = start[b->count],
		.width = s->width, .heads = s->heads
	};
}

/* The output of a part; copied to x where nothing is kept for backward. */
static float *
part_end(struct student_pass *p, float *x, float *given)
{
	if (p->kept)
		return given;
	if (given != x)
		memcpy(x, given, p->rows.total * p->rows.width * sizeof *x);
	arena_clear(p->arena);
	return x;
}

/* The arena trunk has what one part hands to the next. */
static void
forward(struct student_pass *p, float *logits, float *embedding,
        struct arena *trunk, const struct student_batch *batch,
        const struct student_weights *w,
        const struct student_dropout *dropout)
{
	const struct student_shape *s = &p->shape;
	size_t d = s->width;
	float *x, *wide;

	p->rows = rows_measure(batch, s, trunk);
	p->front = arena_take(trunk, batch->count * FRONT_LAYERS,
	                      sizeof *p->front);
	x = arena_floats(trunk, p->rows.total * d);
	wide = arena_floats(trunk, p->rows.total * d);
	for (size_t u = 0; u < batch->count; u++) {
		front_forward(p, x + p->rows.start[u] * d,
		              wide + p->rows.start[u] * d, u,
		              batch->features[u], batch->rows[u], w);
		part_end(p, x, x);
	}
	for (int i = 0; s->blocks[i]; i++)
		x = part_end(p, x,
		             student_block_forward(&p->block[i], x,
		                                   s->blocks[i], &w->block[i],
		                                   &p->rows, dropout,
		                                   p->arena));
	head_forward(logits, &p->head, x, &p->rows, w, s, dropout,
	                     p->arena);
	if (embedding)
		memcpy(embedding, p->head.embedding, batch->count *
		       student_embedding_length(s) * sizeof *embedding);
}

struct student_pass *
student_forward(float *logits, float *embedding, struct arena *arena,
                const struct student_batch *batch,
                const struct student_weights *w,
                const struct student_shape *shape,
                const struct student_dropout *dropout)
{
	struct student_pass *p = arena_take(arena, 1, sizeof *p);

	*p = (struct student_pass){
		.arena = arena, .kept = true, .shape = *shape
	};
	forward(p, logits, embedding, arena, batch, w, dropout);
	return p;
}

/*
 * Bytes that a block takes at most, about: 10 floats for each number that goes
 * through it, 6 more in attention, with what each row thinks of each, and room
 * for the front's convolutions.
 */
static size_t
part_size(const struct student_batch *b, const struct student_shape *s)
{
	size_t numbers = 0, pairs = 0;

	for (size_t u = 0; u < b->count; u++) {
		size_t rows = b->rows[u] / (FRONT_STRIDE * FRONT_STRIDE) + 1;

		numbers += rows * s->width;
		pairs += rows * rows * (s->heads + 2);
	}
	return (20 * numbers + pairs) * sizeof(float);
}

void
student_infer(float *logits, float *embedding, struct arena *arena,
              const struct student_batch *batch,
              const struct student_weights *w,
              const struct student_shape *shape)
{
	const struct student_dropout none = { 0, 0, NULL };
	struct student_pass p = {
		.arena = arena_second(arena), .shape = *shape
	};

	arena_clear(p.arena);
	arena_expect(p.arena, part_size(batch, shape));
	forward(&p, logits, embedding, arena, batch, w, &none);
}

void
student_backward(struct student_weights *gradient,
                 const struct student_pass *p, const float *dlogits,
                 const float *dembedding, const struct student_weights *w,
                 struct arena *scratch)
{
	size_t n = p->rows.total * p->shape.width;
	float *dx = xcalloc(n, sizeof *dx); /* outlives each part's scratch */

	arena_clear(scratch);
	head_backward(gradient, dx, &p->head, dlogits, dembedding,
	                      &p->rows, w, &p->shape, scratch);
	for (size_t i = strlen(p->shape.blocks); i-- > 0;) {
		arena_clear(scratch);
		student_block_backward(&gradient->block[i], dx, &p->block[i],
		                       p->shape.blocks[i], &w->block[i],
		                       &p->rows, scratch);
	}
	for (size_t u = 0; u < p->rows.count; u++) {
		arena_clear(scratch);
		front_backward(gradient, p, u,
		               dx + p->rows.start[u] * p->shape.width, w,
		               scratch);
	}
	arena_clear(scratch);
	free(dx);
}
