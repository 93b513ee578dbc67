#include <math.h>
#include <string.h>

#include "encoder/head.h"
#include "nn/linear.h"
#include "nn/pool.h"
#include "nn/residual.h"
#include "nn/softmax.h"

size_t
encoder_embedding_length(const struct encoder_config *c)
{
	return c->head == ENCODER_HEAD_PROJECTOR ? c->projector : c->width;
}

void
encoder_head_begin(struct encoder_head_kept *k,
                   const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t states = c->layers + 1;

	*k = (struct encoder_head_kept){ .share = NULL };
	k->means = arena_zeros(arena, states * rows->count * c->width);
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

void
encoder_head_state(struct encoder_head_kept *k, size_t n, const float *x,
                   const struct encoder_rows *rows)
{
	size_t H = rows->config->width;
	float *means = k->means + n * rows->count * H;

	if (!state_counts(k, n, rows->config))
		return;
	for (size_t u = 0; u < rows->count; u++)
		statistics_forward(means + u * H, NULL,
		                   x + rows->start[u] * H,
		                   encoder_rows_of(rows, u), H);
}

static void
pool(struct encoder_head_kept *k, const struct encoder_rows *rows,
     struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t n = rows->count * c->width;

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
	size_t n = rows->count, H = c->width, P = c->projector;
	bool dense = c->head == ENCODER_HEAD_DENSE;
	float share = dense ? c->head_dropout : 0;
	struct rng rng = encoder_chance(rows, "head", 0);

	pool(k, rows, arena);
	k->z = arena_floats(arena, n * P);
	if (embedding && dense)
		memcpy(embedding, k->pooled, n * H * sizeof *embedding);
	k->pooled_mask =
		encoder_drop(k->pooled, n * H, share, rows, &rng, arena);
	linear_forward(k->z, k->pooled, H, w->projector.weight,
	               w->projector.bias, n, H, P);
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
	size_t n = rows->count * rows->config->width;
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
	size_t n = rows->count, H = c->width, P = c->projector;
	bool dense = c->head == ENCODER_HEAD_DENSE;
	float share = dense ? c->head_dropout : 0;
	float *dz = arena_zeros(scratch, n * P);
	float *dpooled = arena_zeros(scratch, n * H);

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
	linear_backward(dpooled, H, g->projector.weight, g->projector.bias,
	                dz, k->pooled, H, w->projector.weight, n, H, P);
	if (k->pooled_mask)
		dpooled = memcpy(arena_floats(scratch, n * H),
		                 encoder_undrop(dpooled, k->pooled_mask, share,
		                                n * H, scratch),
		                 n * H * sizeof *dpooled);
	if (k->share)
		share_backward(g->layer_weight, dpooled, k, rows, scratch);
	return dpooled;
}

void
encoder_head_state_backward(float *dx, size_t n, const float *dpooled,
                            const struct encoder_head_kept *k,
                            const struct encoder_rows *rows)
{
	size_t H = rows->config->width;
	float share = k->share ? k->share[n] : 1;

	if (!state_counts(k, n, rows->config))
		return;
	for (size_t u = 0; u < rows->count; u++) {
		size_t from = rows->start[u], to = rows->start[u + 1];

		for (size_t t = from; t < to; t++)
			add_scaled(dx + t * H, share / (float)(to - from),
			           dpooled + u * H, H);
	}
}
