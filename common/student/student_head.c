
#include "core/vector.h"
#include "nn/dropout.h"
#include "nn/layernorm.h"
#include "nn/linear.h"
#include "nn/pool.h"
#include "nn/vexp.h"
#include "student/student_head.h"

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
pool_rows_forward(struct student_head_kept *k, const struct student_rows *r,
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
                   const struct student_head_kept *k,
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

void
student_head_forward(float *logits, struct student_head_kept *k,
                     const float *trunk, const struct student_rows *rows,
                     const struct student_weights *w,
                     const struct student_shape *s,
                     const struct student_dropout *dropout,
                     struct arena *arena)
{
	size_t E = student_embedding_length(s), n = rows->count * E;

	*k = (struct student_head_kept){ .trunk = trunk };
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

void
student_head_backward(struct student_weights *g, float *dtrunk,
                      const struct student_head_kept *k,
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
