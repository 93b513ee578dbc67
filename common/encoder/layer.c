#include <string.h>

#include "encoder/drop.h"
#include "encoder/feed_forward.h"
#include "encoder/layer.h"
#include "encoder/precise_linear.h"
#include "nn/attention.h"
#include "nn/dropout.h"
#include "nn/layernorm.h"
#include "nn/linear_bf16.h"
#include "nn/relative_bias.h"
#include "nn/residual.h"

static size_t
rows_of(const struct encoder_rows *r, size_t u)
{
	return r->start[u + 1] - r->start[u];
}

static float *
norm_forward(float **mean, float **rstd, const float *x,
             const struct encoder_norm *w, const struct encoder_rows *rows,
             struct arena *arena)
{
	size_t N = rows->total, H = rows->config->width;
	float *y = arena_floats(arena, N * H);

	*mean = arena_floats(arena, N);
	*rstd = arena_floats(arena, N);
	layernorm_forward(y, *mean, *rstd, x, w->gain, w->bias, N, H,
	                  rows->config->epsilon);
	return y;
}

/* q, k and v are rows of three matrices: each third of qkv has its own. */
static void
qkv_forward(float *qkv, const float *a, const struct encoder_layer *w,
            const struct encoder_rows *rows)
{
	const struct encoder_linear *third[3] = { &w->q, &w->k, &w->v };
	size_t H = rows->config->width;

	for (size_t i = 0; i < 3; i++)
		encoder_linear_forward(qkv + i * H, 3 * H, a, third[i], H, H,
		                       rows);
}

static void
qkv_backward(struct encoder_layer *g, float *da, const float *dqkv,
             const float *a, const struct encoder_layer *w,
             const struct encoder_rows *rows)
{
	const struct encoder_linear *third[3] = { &w->q, &w->k, &w->v };
	struct encoder_linear *dthird[3] = { &g->q, &g->k, &g->v };
	size_t H = rows->config->width;

	for (size_t i = 0; i < 3; i++)
		encoder_linear_backward(da, false, dthird[i], dqkv + i * H,
		                        3 * H, a, third[i], H, H, rows);
}

/* WavLM: how much each row of each head heeds the distance of others. */
static void
gate_forward(struct encoder_kept *k, const struct encoder_layer *w,
             const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;

	if (c->family != ENCODER_WAVLM)
		return;
	k->gate = arena_floats(arena, rows->total * c->heads);
	relative_gate_forward(k->gate, k->a, w->gate.weight, w->gate.bias,
	                      w->gate_scale, rows->total, c->width, c->heads);
}

/* The chance of head dropout is drawn before the heads part. */
static uint8_t *
probability_mask(size_t n, const struct encoder_rows *rows, struct rng *rng,
                 struct arena *arena)
{
	float share = rows->config->attention_dropout;
	uint8_t *mask;

	if (!rows->chance || share <= 0)
		return NULL;
	mask = arena_take(arena, n, 1);
	dropout_mask(mask, rng, share, n);
	return mask;
}

/* What joins the attention of utterance u; rounded may be NULL. */
static struct attention_extra
extra_of(const struct encoder_kept *k, const struct encoder_rows *rows,
         size_t u, uint16_t *rounded)
{
	size_t heads = rows->config->heads;

	return (struct attention_extra){
		.gate = k->gate ? k->gate + rows->start[u] * heads : NULL,
		.relative = rows->relative ? rows->relative[u] : NULL,
		.mask = k->probability_mask[u],
		.share = rows->config->attention_dropout,
		.unit = rounded ? rows->space->unit : NULL,
		.rounded = rounded,
	};
}

size_t
encoder_rows_longest(const struct encoder_rows *rows)
{
	size_t most = 0;

	for (size_t u = 0; u < rows->count; u++)
		if (rows_of(rows, u) > most)
			most = rows_of(rows, u);
	return most;
}

/* For products in bfloat16, if they are to be, of any utterance. */
static uint16_t *
rounded_room(const struct encoder_rows *rows, struct arena *arena)
{
	size_t D = rows->config->width / rows->config->heads;

	if (!rows->space)
		return NULL;
	return arena_halves(arena,
	                    attention_rounded(encoder_rows_longest(rows), D));
}

static void
attend_forward(struct encoder_kept *k, const struct encoder_rows *rows,
               struct rng *rng, struct arena *arena)
{
	size_t H = rows->config->width, heads = rows->config->heads;
	float *scratch = arena_floats(
		arena, attention_scratch(encoder_rows_longest(rows)));
	uint16_t *rounded = rounded_room(rows, arena);

	k->attended = arena_floats(arena, rows->total * H);
	k->probability = arena_take(arena, rows->count, sizeof(float *));
	k->probability_mask = arena_take(arena, rows->count,
	                                 sizeof(uint8_t *));
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * H, T = rows_of(rows, u);
		struct attention_extra extra;

		k->probability_mask[u] = probability_mask(heads * T * T, rows,
		                                          rng, arena);
		k->probability[u] = rows->training
			? arena_floats(arena, heads * T * T) : NULL;
		extra = extra_of(k, rows, u, rounded);
		attention_forward(k->attended + at, k->probability[u],
		                  scratch, k->qkv + 3 * at, &extra, T, H,
		                  heads);
	}
}

/* out = x + dropout(linear(attention(a))) */
static void
attend_and_add(float *out, struct encoder_kept *k,
               const struct encoder_layer *w, const struct encoder_rows *rows,
               struct rng *rng, struct arena *arena)
{
	size_t N = rows->total, H = rows->config->width;

	k->qkv = arena_floats(arena, 3 * N * H);
	qkv_forward(k->qkv, k->a, w, rows);
	gate_forward(k, w, rows, arena);
	attend_forward(k, rows, rng, arena);
	encoder_linear_forward(out, H, k->attended, &w->out, H, H, rows);
	k->out_mask = encoder_drop(out, N * H, rows->config->dropout, rows, rng,
	                           arena);
	add_scaled(out, 1, k->x, N * H);
}

void
encoder_layer_forward(float *y, struct encoder_kept *k, const float *x,
                      size_t n, const struct encoder_layer *w,
                      const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t N = rows->total, H = c->width;
	struct rng rng = encoder_chance(rows, "layer", n);

	*k = (struct encoder_kept){ .x = x, .s = arena_floats(arena, N * H) };
	if (c->stable) {
		k->a = norm_forward(&k->mean, &k->rstd, x, &w->attention_norm,
		                    rows, arena);
		attend_and_add(k->s, k, w, rows, &rng, arena);
		k->h = norm_forward(&k->last_mean, &k->last_rstd, k->s,
		                    &w->norm, rows, arena);
		encoder_feed_forward(y, k, w, rows, &rng, arena);
		add_scaled(y, 1, k->s, N * H);
		return;
	}
	k->a = x;
	attend_and_add(k->s, k, w, rows, &rng, arena);
	k->h = norm_forward(&k->mean, &k->rstd, k->s, &w->attention_norm, rows,
	                    arena);
	k->sum = arena_floats(arena, N * H);
	encoder_feed_forward(k->sum, k, w, rows, &rng, arena);
	add_scaled(k->sum, 1, k->h, N * H);
	k->last_mean = arena_floats(arena, N);
	k->last_rstd = arena_floats(arena, N);
	layernorm_forward(y, k->last_mean, k->last_rstd, k->sum, w->norm.gain,
	                  w->norm.bias, N, H, c->epsilon);
}

static void
attend_backward(float *dqkv, float *dgate, const float *dattended,
                const struct encoder_kept *k, const struct encoder_rows *rows,
                struct arena *scratch)
{
	size_t H = rows->config->width, heads = rows->config->heads;
	float *space = arena_floats(
		scratch, attention_scratch(encoder_rows_longest(rows)));
	uint16_t *rounded = rounded_room(rows, scratch);

	for (size_t u = 0; u < rows->count; u++) {
		size_t from = rows->start[u], at = from * H;
		struct attention_extra extra = extra_of(k, rows, u, rounded);

		attention_backward(dqkv + 3 * at,
		                   dgate ? dgate + from * heads : NULL,
		                   dgate ? rows->drelative[u] : NULL, space,
		                   dattended + at, k->qkv + 3 * at,
		                   k->probability[u], &extra,
		                   rows_of(rows, u), H, heads);
	}
}

/* Adds to da what dout, the gradient of attention(a), says; or the same. */
static void
attend_and_add_backward(struct encoder_layer *g, float *da, const float *dout,
                        const struct encoder_kept *k,
                        const struct encoder_layer *w,
                        const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t N = rows->total, H = c->width;
	float *dattended = arena_floats(scratch, N * H);
	float *dqkv = arena_zeros(scratch, 3 * N * H), *dgate = NULL;

	dout = encoder_undrop(dout, k->out_mask, c->dropout, N * H, scratch);
	encoder_linear_backward(dattended, true, &g->out, dout, H, k->attended,
	                        &w->out, H, H, rows);
	if (k->gate)
		dgate = arena_zeros(scratch, N * c->heads);
	attend_backward(dqkv, dgate, dattended, k, rows, scratch);
	if (k->gate)
		relative_gate_backward(da, g->gate.weight, g->gate.bias,
		                       g->gate_scale, dgate, k->a,
		                       w->gate.weight, w->gate.bias,
		                       w->gate_scale, N, H, c->heads);
	qkv_backward(g, da, dqkv, k->a, w, rows);
}

/* Norm first:  y = s + feed(norm(s)),  s = x + attention(norm(x)). */
static void
stable_backward(struct encoder_layer *g, float *dy,
                const struct encoder_kept *k, const struct encoder_layer *w,
                const struct encoder_rows *rows, struct arena *scratch)
{
	size_t N = rows->total, H = rows->config->width;
	float *dh = arena_zeros(scratch, N * H);
	float *da = arena_zeros(scratch, N * H);

	encoder_feed_backward(g, dh, dy, k, w, rows, scratch);
	layernorm_backward(dy, g->norm.gain, g->norm.bias, dh, k->s,
	                   w->norm.gain, k->last_mean, k->last_rstd, N, H);
	attend_and_add_backward(g, da, dy, k, w, rows, scratch);
	layernorm_backward(dy, g->attention_norm.gain, g->attention_norm.bias,
	                   da, k->x, w->attention_norm.gain, k->mean, k->rstd,
	                   N, H);
}

void
encoder_layer_backward(struct encoder_layer *g, float *dy,
                       const struct encoder_kept *k,
                       const struct encoder_layer *w,
                       const struct encoder_rows *rows, struct arena *scratch)
{
	size_t N = rows->total, H = rows->config->width;
	float *d;

	if (rows->config->stable) {
		stable_backward(g, dy, k, w, rows, scratch);
		return;
	}
	/* y = norm(h + feed(h)),  h = norm(s),  s = x + attention(x) */
	d = arena_zeros(scratch, N * H);
	layernorm_backward(d, g->norm.gain, g->norm.bias, dy, k->sum,
	                   w->norm.gain, k->last_mean, k->last_rstd, N, H);
	encoder_feed_backward(g, d, d, k, w, rows, scratch); /* now dh */
	memset(dy, 0, N * H * sizeof *dy);
	layernorm_backward(dy, g->attention_norm.gain, g->attention_norm.bias,
	                   d, k->s, w->attention_norm.gain, k->mean, k->rstd,
	                   N, H);
	attend_and_add_backward(g, dy, dy, k, w, rows, scratch); /* now dx */
}
