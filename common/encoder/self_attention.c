#include "encoder/products.h"
#include "encoder/self_attention.h"
#include "nn/attention.h"
#include "nn/dropout.h"
#include "nn/linear_bf16.h"
#include "nn/relative_bias.h"

/* Floats of an utterance's bias, [heads,2T-1]. */
static size_t
relative_length(const struct encoder_rows *rows, size_t u)
{
	return rows->config->heads * (2 * encoder_rows_of(rows, u) - 1);
}

void
encoder_relative_forward(struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;

	if (c->family != ENCODER_WAVLM)
		return;
	rows->relative = arena_take(arena, rows->count, sizeof(float *));
	for (size_t u = 0; u < rows->count; u++) {
		rows->relative[u] = arena_floats(arena,
		                                 relative_length(rows, u));
		relative_bias_forward(rows->relative[u],
		                      rows->weights->distance,
		                      encoder_rows_of(rows, u), c->heads,
		                      c->buckets, c->distance);
	}
}

void
encoder_relative_backward_begin(struct encoder_rows *rows,
                                struct arena *arena)
{
	if (rows->config->family != ENCODER_WAVLM)
		return;
	rows->drelative = arena_take(arena, rows->count, sizeof(float *));
	for (size_t u = 0; u < rows->count; u++)
		rows->drelative[u] = arena_zeros(arena,
		                                 relative_length(rows, u));
}

void
encoder_relative_backward_end(struct encoder_weights *g,
                              const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;

	for (size_t u = 0; rows->drelative && u < rows->count; u++)
		relative_bias_backward(g->distance, rows->drelative[u],
		                       encoder_rows_of(rows, u), c->heads,
		                       c->buckets, c->distance);
}

/* WavLM: the gate of the distances' bias, for each row and head. */
static void
gate_forward(struct encoder_kept *k, const struct encoder_rows *rows,
             struct arena *arena)
{
	const struct encoder_layer *w = k->w;
	const struct encoder_config *c = rows->config;

	if (c->family != ENCODER_WAVLM)
		return;
	k->gate = arena_floats(arena, rows->total * c->heads);
	relative_gate_forward(k->gate, k->a.y.floats, w->gate.weight,
	                      w->gate.bias, w->gate_scale, rows->total,
	                      c->width, c->heads);
}

/* The chance of head dropout is drawn before the heads part. */
static uint8_t *
probability_mask(size_t n, const struct encoder_rows *rows, struct rng *rng,
                 struct arena *arena)
{
	float share = rows->config->attention_dropout;
	uint8_t *mask;

	if (!encoder_drops(rows, share))
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

/* Room for products in bfloat16 of any utterance; NULL without them. */
static uint16_t *
rounded_room(const struct encoder_rows *rows, struct arena *arena)
{
	size_t D = rows->config->width / rows->config->heads;

	if (!rows->space)
		return NULL;
	return arena_halves(arena,
	                    attention_rounded(encoder_rows_longest(rows), D));
}

void
encoder_attention_plain(struct encoder_kept *k,
                        const struct encoder_rows *rows, struct rng *rng,
                        struct arena *arena)
{
	size_t H = rows->config->width, heads = rows->config->heads;
	float *scratch = arena_floats(
		arena, attention_scratch(encoder_rows_longest(rows)));
	uint16_t *rounded = rounded_room(rows, arena);

	k->probability = arena_take(arena, rows->count, sizeof(float *));
	k->probability_mask = arena_take(arena, rows->count,
	                                 sizeof(uint8_t *));
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * H, T = encoder_rows_of(rows, u);
		struct attention_extra extra;

		k->probability_mask[u] = probability_mask(heads * T * T, rows,
		                                          rng, arena);
		k->probability[u] = rows->training
			? arena_floats(arena, heads * T * T) : NULL;
		extra = extra_of(k, rows, u, rounded);
		attention_forward(k->attended.floats + at, k->probability[u],
		                  scratch, k->qkv.floats + 3 * at, &extra, T,
		                  H, heads);
	}
}

void
encoder_attention_forward(float *s, struct encoder_kept *k,
                          const float *residual,
                          const struct encoder_rows *rows, struct rng *rng,
                          struct arena *arena)
{
	const struct encoder_products *products = rows->products;
	size_t N = rows->total, H = rows->config->width;
	const struct encoder_matrix out = {
		&k->w->out, &encoder_packed_layer(rows, k->n)->out, H, H
	};
	struct encoder_operand attended = { .width = H };

	k->qkv = encoder_values_take(arena, products->halves, N, 3 * H);
	products->qkv(k, rows, arena);
	gate_forward(k, rows, arena);
	k->attended = encoder_values_take(arena, products->halves, N, H);
	products->attention(k, rows, rng, arena);
	attended.y = k->attended;
	k->out_mask = encoder_linear_add(s, &attended, &out, residual, rows,
	                                 rng, arena);
}

static void
heads_backward(float *dqkv, float *dgate, const float *dattended,
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
		                   dattended + at, k->qkv.floats + 3 * at,
		                   k->probability[u], &extra,
		                   encoder_rows_of(rows, u), H, heads);
	}
}

static void
qkv_backward(struct encoder_layer *g, float *da, const float *dqkv,
             const struct encoder_kept *k, const struct encoder_rows *rows)
{
	const struct encoder_layer *w = k->w;
	const struct encoder_linear *third[3] = { &w->q, &w->k, &w->v };
	struct encoder_linear *dthird[3] = { &g->q, &g->k, &g->v };
	size_t H = rows->config->width;

	for (size_t i = 0; i < 3; i++) {
		const struct encoder_matrix m = { third[i], NULL, H, H };

		rows->products->linear_backward(da, false, dthird[i],
		                                dqkv + i * H, 3 * H, &k->a.y,
		                                &m, rows);
	}
}

void
encoder_attention_backward(struct encoder_layer *g, float *da,
                           const float *dout, const struct encoder_kept *k,
                           const struct encoder_rows *rows,
                           struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	const struct encoder_layer *w = k->w;
	size_t N = rows->total, H = c->width;
	const struct encoder_matrix out = { &w->out, NULL, H, H };
	float *dattended = arena_floats(scratch, N * H);
	float *dqkv = arena_zeros(scratch, 3 * N * H), *dgate = NULL;

	dout = encoder_undrop(dout, k->out_mask, c->dropout, N * H, scratch);
	rows->products->linear_backward(dattended, true, &g->out, dout, H,
	                                &k->attended, &out, rows);
	if (k->gate)
		dgate = arena_zeros(scratch, N * c->heads);
	heads_backward(dqkv, dgate, dattended, k, rows, scratch);
	if (k->gate)
		relative_gate_backward(da, g->gate.weight, g->gate.bias,
		                       g->gate_scale, dgate, k->a.y.floats,
		                       w->gate.weight, w->gate.bias,
		                       w->gate_scale, N, H, c->heads);
	qkv_backward(g, da, dqkv, k, rows);
}
