#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "model/student.h"
#include "model/student_block.h"
#include "nn/conv1d.h"
#include "nn/dropout.h"
#include "nn/gelu.h"
#include "nn/layernorm.h"
#include "nn/linear.h"
#include "nn/pool.h"
#include "nn/tanh.h"

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
	float *trunk;             /* after the last block [N,d] */
	float *norm, *mean, *rstd;
	float *hidden;            /* of the attention score, after tanh */
	float *weight;            /* of the pooling [N] */
	float *pooled, *dropped;  /* [count,2d], and after dropout */
	uint8_t *mask;
	float dropout;
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
	if (s->blocks[strspn(s->blocks, "ac")])
		return "blocks other than a (attention) and c (convolution)";
	return NULL;
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
	w->classifier = linear_layout(p, base, "classifier", s->classes, 0,
	                              2 * d);
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

/* norm, attentive statistics, classifier */
static void
head_forward(float *logits, struct student_pass *p,
             const struct student_weights *w,
             const struct student_dropout *dropout)
{
	size_t N = p->rows.total, d = p->shape.width, count = p->rows.count;
	float *score = arena_floats(p->arena, N);

	p->norm = arena_floats(p->arena, N * d);
	p->mean = arena_floats(p->arena, N);
	p->rstd = arena_floats(p->arena, N);
	p->hidden = arena_floats(p->arena, N * (d / 2));
	p->weight = arena_floats(p->arena, N);
	p->pooled = arena_floats(p->arena, count * 2 * d);
	layernorm_forward(p->norm, p->mean, p->rstd, p->trunk, w->norm.gain,
	                  w->norm.bias, N, d);
	linear_forward(p->hidden, p->norm, d, w->score.weight, w->score.bias,
	               N, d, d / 2);
	tanh_forward(p->hidden, p->hidden, N * (d / 2));
	linear_forward(score, p->hidden, d / 2, w->score_out.weight,
	               w->score_out.bias, N, d / 2, 1);
	for (size_t u = 0; u < count; u++) {
		size_t at = p->rows.start[u];

		pool_forward(p->pooled + u * 2 * d, p->weight + at,
		             score + at, p->norm + at * d,
		             p->rows.start[u + 1] - at, d);
	}
	p->dropped = p->pooled;
	if (dropout->rng && dropout->head > 0) {
		size_t n = count * 2 * d;

		p->dropout = dropout->head;
		p->mask = arena_take(p->arena, n, 1);
		p->dropped = arena_floats(p->arena, n);
		dropout_mask(p->mask, dropout->rng, p->dropout, n);
		dropout_forward(p->dropped, p->pooled, p->mask, p->dropout, n);
	}
	linear_forward(logits, p->dropped, 2 * d, w->classifier.weight,
	               w->classifier.bias, count, 2 * d, p->shape.classes);
}

/* Adds to the gradient of the trunk, dtrunk. */
static void
head_backward(struct student_weights *g, float *dtrunk,
              const struct student_pass *p, const float *dlogits,
              const struct student_weights *w, struct arena *scratch)
{
	size_t N = p->rows.total, d = p->shape.width, count = p->rows.count;
	size_t n = count * 2 * d;
	float *dpooled = arena_zeros(scratch, n);
	float *dscore = arena_zeros(scratch, N);
	float *dhidden = arena_zeros(scratch, N * (d / 2));
	float *dtanh = arena_zeros(scratch, N * (d / 2));
	float *dnorm = arena_zeros(scratch, N * d);

	linear_backward(dpooled, 2 * d, g->classifier.weight,
	                g->classifier.bias, dlogits, p->dropped, 2 * d,
	                w->classifier.weight, count, 2 * d, p->shape.classes);
	if (p->mask) {
		float *kept = arena_zeros(scratch, n);

		dropout_backward(kept, dpooled, p->mask, p->dropout, n);
		dpooled = kept;
	}
	for (size_t u = 0; u < count; u++) {
		size_t at = p->rows.start[u];

		pool_backward(dscore + at, dnorm + at * d,
		              dpooled + u * 2 * d, p->pooled + u * 2 * d,
		              p->weight + at, p->norm + at * d,
		              p->rows.start[u + 1] - at, d);
	}
	linear_backward(dtanh, d / 2, g->score_out.weight, g->score_out.bias,
	                dscore, p->hidden, d / 2, w->score_out.weight, N,
	                d / 2, 1);
	tanh_backward(dhidden, dtanh, p->hidden, N * (d / 2));
	linear_backward(dnorm, d, g->score.weight, g->score.bias, dhidden,
	                p->norm, d, w->score.weight, N, d, d / 2);
	layernorm_backward(dtrunk, g->norm.gain, g->norm.bias, dnorm, p->trunk,
	                   w->norm.gain, p->mean, p->rstd, N, d);
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
	p->trunk = x;
	head_forward(logits, p, w, dropout);
	if (embedding)
		memcpy(embedding, p->pooled,
		       batch->count * 2 * d * sizeof *embedding);
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
	head_backward(gradient, dx, p, dlogits, w, scratch);
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
