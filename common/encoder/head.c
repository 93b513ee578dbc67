#include <math.h>
#include <stdint.h>
#include <string.h>

#include "encoder/head.h"
#include "nn/linear.h"
#include "nn/pool.h"
#include "nn/residual.h"
#include "nn/softmax.h"

size_t
encoder_embedding_length(const struct encoder_config *c)
{
	return c->head == ENCODER_HEAD_PROJECTOR ? c->projector
	                                         : encoder_pooled_width(c);
}

void
encoder_head_begin(struct encoder_head_kept *k,
                   const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t states = c->layers + 1;

	*k = (struct encoder_head_kept){ .share = NULL };
	k->means = arena_zeros(arena, states * rows->count *
	                       encoder_pooled_width(c));
	if (c->pooling != ENCODER_POOL_MEAN)
		k->weight = arena_take(arena, states, sizeof *k->weight);
	if (c->layer_sum) {
		k->share = arena_floats(arena, states);
		softmax_forward(k->share, rows->weights->layer_weight, 1,
		                states);
	}
}

static bool
state_counts(const struct encoder_head_kept *k, size_t n,
             const struct encoder_config *c)
{
	return k->share || n == c->layers;
}

/* The vector of state n that scores its rows. */
static const float *
attention_of(const struct encoder_config *c, const float *attention, size_t n)
{
	return attention + (c->layer_sum ? n : 0) * c->width;
}

/* score [T]: x [T,H] times a vector, or all 0. */
static void
rows_score(float *score, const float *x, size_t T, size_t n,
           const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;
	const float *u = rows->weights->attention;

	memset(score, 0, T * sizeof *score);
	if (u)
		linear_forward_few(score, x, c->width, attention_of(c, u, n),
		                   NULL, T, c->width, 1);
}

void
encoder_head_state(struct encoder_head_kept *k, size_t n, const float *x,
                   const struct encoder_rows *rows, struct arena *arena)
{
	size_t H = rows->config->width;
	size_t W = encoder_pooled_width(rows->config);
	float *means = k->means + n * rows->count * W, *score;

	if (!state_counts(k, n, rows->config))
		return;
	if (!k->weight) {
		for (size_t u = 0; u < rows->count; u++)
			statistics_forward(means + u * H, NULL,
			                   x + rows->start[u] * H,
			                   encoder_rows_of(rows, u), H);
		return;
	}
	k->weight[n] = arena_floats(arena, rows->total);
	score = arena_floats(arena, rows->total);
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u], T = encoder_rows_of(rows, u);

		rows_score(score + at, x + at * H, T, n, rows);
		pool_forward(means + u * W, k->weight[n] + at, score + at,
		             x + at * H, T, H);
	}
}

static void
pool(struct encoder_head_kept *k, const struct encoder_rows *rows,
     struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t n = rows->count * encoder_pooled_width(c);

	k->pooled = arena_zeros(arena, n);
	for (size_t i = 0; i <= c->layers; i++)
		if (state_counts(k, i, c))
			add_scaled(k->pooled, k->share ? k->share[i] : 1,
			           k->means + i * n, n);
}

void
encoder_head_forward(float *logits, float *embedding,
                     struct encoder_head_kept *k,
                     const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	const struct encoder_weights *w = rows->weights;
	size_t n = rows->count, W = encoder_pooled_width(c), P = c->projector;
	bool dense = c->head == ENCODER_HEAD_DENSE;
	float share = dense ? c->head_dropout : 0;
	struct rng rng = encoder_chance(rows, "head", 0);

	pool(k, rows, arena);
	k->z = arena_floats(arena, n * P);
	if (embedding && dense)
		memcpy(embedding, k->pooled, n * W * sizeof *embedding);
	k->pooled_mask =
		encoder_drop(k->pooled, n * W, share, rows, &rng, arena);
	linear_forward(k->z, k->pooled, W, w->projector.weight,
	               w->projector.bias, n, W, P);
	for (size_t i = 0; dense && i < n * P; i++)
		k->z[i] = tanhf(k->z[i]);
	if (embedding && !dense)
		memcpy(embedding, k->z, n * P * sizeof *embedding);
	k->z_mask = encoder_drop(k->z, n * P, share, rows, &rng, arena);
	linear_forward(logits, k->z, P, w->classifier.weight,
	               w->classifier.bias, n, P, c->labels);
}

/*
 * With a = sum_i share_i means_i and share = softmax(v):
 * da/dshare_i = <dpooled, means_i>, and softmax's own derivative follows.
 */
static void
share_backward(float *dweight, const float *dpooled,
               const struct encoder_head_kept *k,
               const struct encoder_rows *rows,
               struct arena *scratch)
{
	size_t states = rows->config->layers + 1;
	size_t n = rows->count * encoder_pooled_width(rows->config);
	float *dshare = arena_zeros(scratch, states);

	for (size_t i = 0; i < states; i++) {
		double sum = 0;

		for (size_t j = 0; j < n; j++)
			sum += (double)dpooled[j] *
			       (double)k->means[i * n + j];
		dshare[i] = (float)sum;
	}
	softmax_backward(dweight, dshare, k->share, 1, states);
}

float *
encoder_head_backward(struct encoder_weights *g, const float *dlogits,
                      const struct encoder_head_kept *k,
                      const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	const struct encoder_weights *w = rows->weights;
	size_t n = rows->count, W = encoder_pooled_width(c), P = c->projector;
	bool dense = c->head == ENCODER_HEAD_DENSE;
	float share = dense ? c->head_dropout : 0;
	float *dz = arena_zeros(scratch, n * P);
	float *dpooled = arena_zeros(scratch, n * W);

	linear_backward(dz, P, g->classifier.weight, g->classifier.bias,
	                dlogits, k->z, P, w->classifier.weight, n, P,
	                c->labels);
	if (dense) {
		/* z was scaled where it was kept: tanh is z (1 - share) */
		const float *d =
			encoder_undrop(dz, k->z_mask, share, n * P, scratch);
		float scale = k->z_mask ? 1 - share : 1;

		for (size_t i = 0; i < n * P; i++) {
			float y = k->z[i] * scale;

			dz[i] = d[i] * (1 - y * y);
		}
	}
	linear_backward(dpooled, W, g->projector.weight, g->projector.bias,
	                dz, k->pooled, W, w->projector.weight, n, W, P);
	if (k->pooled_mask)
		dpooled = memcpy(arena_floats(scratch, n * W),
		                 encoder_undrop(dpooled, k->pooled_mask, share,
		                                n * W, scratch),
		                 n * W * sizeof *dpooled);
	if (k->share)
		share_backward(g->layer_weight, dpooled, k, rows, scratch);
	return dpooled;
}

static void
mean_backward(float *dx, float share, const float *dpooled,
              const struct encoder_rows *rows)
{
	size_t H = rows->config->width;

	for (size_t u = 0; u < rows->count; u++) {
		size_t from = rows->start[u], to = rows->start[u + 1];

		for (size_t t = from; t < to; t++)
			add_scaled(dx + t * H, share / (float)(to - from),
			           dpooled + u * H, H);
	}
}

/* The same of the statistics of state n of one utterance; x, dx [T,H]. */
static void
statistics_backward(struct encoder_weights *g, float *dx, const float *dpooled,
                    const float *means, const float *weight, const float *x,
                    size_t T, size_t n, const struct encoder_rows *rows,
                    struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	const float *u = rows->weights->attention;
	float *dscore = arena_zeros(scratch, T);

	pool_backward(dscore, dx, dpooled, means, weight, x, T, c->width);
	if (u)
		linear_backward(dx, c->width,
		                (float *)(uintptr_t)attention_of(
		                c, g->attention, n), NULL, dscore, x,
		                c->width, attention_of(c, u, n), T, c->width,
		                1);
}

void
encoder_head_state_backward(struct encoder_weights *g, float *dx, size_t n,
                            const float *dpooled, const float *x,
                            const struct encoder_head_kept *k,
                            const struct encoder_rows *rows,
                            struct arena *scratch)
{
	size_t H = rows->config->width;
	size_t W = encoder_pooled_width(rows->config);
	float share = k->share ? k->share[n] : 1, *scaled;

	if (!state_counts(k, n, rows->config))
		return;
	if (!k->weight) {
		mean_backward(dx, share, dpooled, rows);
		return;
	}
	scaled = arena_zeros(scratch, rows->count * W);
	add_scaled(scaled, share, dpooled, rows->count * W);
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u];

		statistics_backward(g, dx + at * H, scaled + u * W,
		                    k->means + (n * rows->count + u) * W,
		                    k->weight[n] + at, x + at * H,
		                    encoder_rows_of(rows, u), n, rows,
		                    scratch);
	}
}
