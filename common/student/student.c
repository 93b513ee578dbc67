#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "nn/conv1d.h"
#include "nn/gelu.h"
#include "nn/linear.h"
#include "student/student.h"
#include "student/student_head.h"

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
	struct student_head_kept head;
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
	student_head_forward(logits, &p->head, x, &p->rows, w, s, dropout,
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
	student_head_backward(gradient, dx, &p->head, dlogits, dembedding,
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
