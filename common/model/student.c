#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "feat/functionals.h"
#include "model/student.h"
#include "model/student_head.h"
#include "nn/conv1d.h"
#include "nn/gelu.h"

enum { FRONT_LAYERS = 2, FRONT_STRIDE = 2, DEPTHWISE_TAPS = 7 };

static const size_t front_taps[FRONT_LAYERS] = { 5, 3 };

/* An utterance on its way through one strided convolution. */
struct front_kept {
	float *padded;            /* in, with k/2 rows of zeros at each end */
	size_t padded_rows;
	float *wide;              /* before GELU */
	size_t rows;              /* out */
};

struct student_pass {
	struct arena *arena;
	struct student_shape shape;
	struct student_rows rows;
	struct front_kept *front; /* [count][FRONT_LAYERS] */
	struct student_kept block[STUDENT_BLOCKS_MAX];
	struct student_head_kept head;
};

const char *
student_shape_check(const struct student_shape *s)
{
	if (s->rows < 1 || s->rows > 4096)
		return "features per row out of 1..4096";
	if (s->heads < 1 || s->width < 8 || s->width > 4096 ||
	    s->width % s->heads || s->width % 2)
		return "width out of 8..4096, odd, or not a multiple of heads";
	if (s->classes < 1 || s->classes > STUDENT_CLASSES_MAX)
		return "number of classes out of 1..64";
	if (s->summary > 4096)
		return "summary out of 0..4096";
	if (s->blocks[strspn(s->blocks, "ac")])
		return "blocks other than a (attention) and c (convolution)";
	return NULL;
}

size_t
student_embedding_length(const struct student_shape *s)
{
	return 2 * s->width + s->summary;
}

size_t
student_functionals(const struct student_shape *s)
{
	return FUNCTIONALS * s->rows;
}

static struct student_linear
linear_layout(struct params *p, float *base, const char *name, size_t out,
              size_t taps, size_t in)
{
	char weight[PARAM_NAME_MAX], bias[PARAM_NAME_MAX];
	struct student_linear l;

	snprintf(weight, sizeof weight, "%s.weight", name);
	snprintf(bias, sizeof bias, "%s.bias", name);
	l.weight = taps ? params_add(p, base, weight, START_FAN_IN, out, taps,
	                             in)
	                : params_add(p, base, weight, START_FAN_IN, out, in,
	                             0);
	l.bias = params_add(p, base, bias, START_ZERO, out, 0, 0);
	return l;
}

static struct student_norm
norm_layout(struct params *p, float *base, const char *name, size_t width)
{
	char gain[PARAM_NAME_MAX], bias[PARAM_NAME_MAX];
	struct student_norm n;

	snprintf(gain, sizeof gain, "%s.weight", name);
	snprintf(bias, sizeof bias, "%s.bias", name);
	n.gain = params_add(p, base, gain, START_ONE, width, 0, 0);
	n.bias = params_add(p, base, bias, START_ZERO, width, 0, 0);
	return n;
}

/* [k,d]: k is the fan-in, so the shape is told the other way round. */
static struct student_linear
depthwise_layout(struct params *p, float *base, const char *name, size_t d)
{
	char weight[PARAM_NAME_MAX], bias[PARAM_NAME_MAX];
	struct student_linear l;

	snprintf(weight, sizeof weight, "%s.weight", name);
	snprintf(bias, sizeof bias, "%s.bias", name);
	l.weight = params_add(p, base, weight, START_TAPS, DEPTHWISE_TAPS, d,
	                      0);
	l.bias = params_add(p, base, bias, START_ZERO, d, 0, 0);
	return l;
}

static void
block_layout(struct params *p, struct student_block *b, float *base,
             int index, char letter, size_t d)
{
	char name[PARAM_NAME_MAX / 2];
	int stem = snprintf(name, sizeof name, "blocks.%d.", index);
	char *end = name + stem;
	size_t room = sizeof name - (size_t)stem;

	if (letter == 'c') {
		snprintf(end, room, "depthwise");
		b->depthwise = depthwise_layout(p, base, name, d);
	} else {
		snprintf(end, room, "attention.norm");
		b->attention_norm = norm_layout(p, base, name, d);
		snprintf(end, room, "attention.qkv");
		b->qkv = linear_layout(p, base, name, 3 * d, 0, d);
		snprintf(end, room, "attention.out");
		b->out = linear_layout(p, base, name, d, 0, d);
	}
	snprintf(end, room, "mlp.norm");
	b->norm = norm_layout(p, base, name, d);
	snprintf(end, room, "mlp.wide");
	b->wide = linear_layout(p, base, name, 4 * d, 0, d);
	snprintf(end, room, "mlp.narrow");
	b->narrow = linear_layout(p, base, name, d, 0, 4 * d);
}

void
student_layout(struct params *p, struct student_weights *w,
               const struct student_shape *s, float *base)
{
	size_t d = s->width;

	w->front[0] = linear_layout(p, base, "front.0", d, front_taps[0],
	                            s->rows);
	w->front[1] = linear_layout(p, base, "front.1", d, front_taps[1], d);
	for (int i = 0; s->blocks[i]; i++)
		block_layout(p, &w->block[i], base, i, s->blocks[i], d);
	w->norm = norm_layout(p, base, "norm", d);
	w->score = linear_layout(p, base, "pool.score", d / 2, 0, d);
	w->score_out = linear_layout(p, base, "pool.out", 1, 0, d / 2);
	if (s->summary > 0)
		w->summary = linear_layout(p, base, "summary", s->summary, 0,
		                           student_functionals(s));
	w->classifier = linear_layout(p, base, "classifier", s->classes, 0,
	                              student_embedding_length(s));
}

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
front_convolve(struct front_kept *k, float *wide, size_t layer,
               const struct student_linear *w, size_t in, size_t d)
{
	k->wide = wide;
	conv1d_forward(wide, k->padded, w->weight, w->bias, k->padded_rows,
	               in, d, front_taps[layer], FRONT_STRIDE);
}

static size_t
front_rows(size_t rows, size_t layer)
{
	size_t padded = rows + 2 * (front_taps[layer] / 2);

	return conv1d_rows(padded, front_taps[layer], FRONT_STRIDE);
}

/* Both convolutions of utterance u; the second writes to out [rows,d]. */
static void
front_forward(struct student_pass *p, float *out, float *wide, size_t u,
              const float *x, size_t rows, const struct student_weights *w)
{
	struct front_kept *k = p->front + u * FRONT_LAYERS;
	size_t M = p->shape.rows, d = p->shape.width;

	k[0].padded = pad(x, rows, M, front_taps[0], p->arena);
	k[0].padded_rows = rows + 2 * (front_taps[0] / 2);
	k[0].rows = front_rows(rows, 0);
	front_convolve(&k[0], arena_floats(p->arena, k[0].rows * d), 0,
	               &w->front[0], M, d);

	k[1].padded = pad(NULL, k[0].rows, d, front_taps[1], p->arena);
	k[1].padded_rows = k[0].rows + 2 * (front_taps[1] / 2);
	k[1].rows = front_rows(k[0].rows, 1);
	gelu_forward(k[1].padded + front_taps[1] / 2 * d, k[0].wide,
	             k[0].rows * d);
	front_convolve(&k[1], wide, 1, &w->front[1], d, d);
	gelu_forward(out, wide, k[1].rows * d);
}

static void
front_backward(struct student_weights *g, const struct student_pass *p,
               size_t u, const float *dout, const struct student_weights *w,
               struct arena *scratch)
{
	const struct front_kept *k = p->front + u * FRONT_LAYERS;
	size_t M = p->shape.rows, d = p->shape.width;
	float *dwide = arena_zeros(scratch, k[1].rows * d);
	float *dpadded = arena_zeros(scratch, k[1].padded_rows * d);
	float *dfirst = arena_zeros(scratch, k[0].rows * d);

	gelu_backward(dwide, dout, k[1].wide, k[1].rows * d);
	conv1d_backward(dpadded, g->front[1].weight, g->front[1].bias, dwide,
	                k[1].padded, w->front[1].weight, k[1].padded_rows, d,
	                d, front_taps[1], FRONT_STRIDE);
	gelu_backward(dfirst, dpadded + front_taps[1] / 2 * d, k[0].wide,
	              k[0].rows * d);
	conv1d_backward(NULL, g->front[0].weight, g->front[0].bias, dfirst,
	                k[0].padded, w->front[0].weight, k[0].padded_rows, M,
	                d, front_taps[0], FRONT_STRIDE);
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
			front_rows(front_rows(b->rows[u], 0), 1);
	return (struct student_rows){
		.start = start, .count = b->count, .total = start[b->count],
		.width = s->width, .heads = s->heads
	};
}

struct student_pass *
student_forward(float *logits, float *embedding, struct arena *arena,
                const struct student_batch *batch,
                const struct student_weights *w,
                const struct student_shape *shape,
                const struct student_dropout *dropout)
{
	struct student_pass *p = arena_take(arena, 1, sizeof *p);
	size_t d = shape->width;
	float *x, *wide;

	*p = (struct student_pass){ .arena = arena, .shape = *shape };
	p->rows = rows_measure(batch, shape, arena);
	p->front = arena_take(arena, batch->count * FRONT_LAYERS,
	                      sizeof *p->front);
	x = arena_floats(arena, p->rows.total * d);
	wide = arena_floats(arena, p->rows.total * d);
	for (size_t u = 0; u < batch->count; u++)
		front_forward(p, x + p->rows.start[u] * d,
		              wide + p->rows.start[u] * d, u,
		              batch->features[u], batch->rows[u], w);
	for (int i = 0; shape->blocks[i]; i++)
		x = student_block_forward(&p->block[i], x, shape->blocks[i],
		                          &w->block[i], &p->rows, dropout,
		                          arena);
	student_head_forward(logits, &p->head, x, batch, &p->rows, w, shape,
	                     dropout, arena);
	if (embedding)
		memcpy(embedding, p->head.embedding, batch->count *
		       student_embedding_length(shape) * sizeof *embedding);
	return p;
}

void
student_backward(struct student_weights *gradient,
                 const struct student_pass *p, const float *dlogits,
                 const struct student_weights *w, struct arena *scratch)
{
	size_t n = p->rows.total * p->shape.width;
	float *dx = xcalloc(n, sizeof *dx); /* outlives each part's scratch */

	arena_clear(scratch);
	student_head_backward(gradient, dx, &p->head, dlogits, &p->rows, w,
	                      &p->shape, scratch);
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
