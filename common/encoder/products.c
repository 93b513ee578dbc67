#include <string.h>

#include "encoder/drop.h"
#include "encoder/products.h"
#include "encoder/self_attention.h"
#include "encoder/wav2vec2_convolutions.h"
#include "encoder/wav2vec2_position.h"
#include "nn/gelu.h"
#include "nn/linear.h"
#include "nn/linear_bf16.h"
#include "nn/residual.h"

const struct encoder_packed_layer *
encoder_packed_layer(const struct encoder_rows *rows, size_t n)
{
	static const struct encoder_packed_layer none = { .qkv_bias = NULL };

	return rows->packed ? &rows->packed->layer[n] : &none;
}

uint8_t *
encoder_linear_add(float *y, struct encoder_operand *o,
                   const struct encoder_matrix *m, const float *residual,
                   const struct encoder_rows *rows, struct rng *rng,
                   struct arena *arena)
{
	float share = rows->config->dropout;
	bool drops = encoder_drops(rows, share);
	const struct encoder_result result = {
		.y.floats = y, .residual = drops ? NULL : residual
	};
	size_t n = rows->total * m->O;
	uint8_t *mask;

	rows->products->linear(&result, o, m, rows, arena);
	mask = encoder_drop(y, n, share, rows, rng, arena);
	if (drops)
		add_scaled(y, 1, residual, n);
	return mask;
}

/* GELU and residual, where the product z could not apply them. */
static void
finish(const struct encoder_result *r, const float *z, size_t n)
{
	if (r->gelu)
		gelu_forward(r->y.floats, z, n);
	if (r->residual && r->residual == r->y.floats)
		add_scaled(r->y.floats, 1, z, n);
	else if (r->residual)
		add_scaled(r->y.floats, 1, r->residual, n);
}

/* Where the product is written before finish. */
static float *
unfinished(const struct encoder_result *r, size_t n, struct arena *arena)
{
	if (r->gelu)
		return r->before.floats;
	return r->residual == r->y.floats ? arena_floats(arena, n)
	                                  : r->y.floats;
}

static void
floats_linear(const struct encoder_result *r, struct encoder_operand *o,
              const struct encoder_matrix *m, const struct encoder_rows *rows,
              struct arena *arena)
{
	size_t N = rows->total;
	float *z = unfinished(r, N * m->O, arena);

	encoder_operand_settle(o, rows);
	linear_forward(z, o->y.floats, m->I, m->linear->weight,
	               m->linear->bias, N, m->I, m->O);
	finish(r, z, N * m->O);
}

static void
floats_linear_backward(float *dx, bool fresh, struct encoder_linear *g,
                       const float *dy, size_t lddy,
                       const struct encoder_values *x,
                       const struct encoder_matrix *m,
                       const struct encoder_rows *rows)
{
	size_t N = rows->total, I = m->I;

	if (dx && fresh)
		memset(dx, 0, N * I * sizeof *dx);
	linear_backward_from(dx, I, g->weight, g->bias, dy, lddy, x->floats, I,
	                     m->linear->weight, N, I, m->O);
}

static struct bf16_in
rounded_in(const struct encoder_values *x, size_t I)
{
	return (struct bf16_in){
		.half = x->halves, .x = x->floats, .ld = I, .alpha = 1
	};
}

static void
rounded_linear(const struct encoder_result *r, struct encoder_operand *o,
               const struct encoder_matrix *m,
               const struct encoder_rows *rows, struct arena *arena)
{
	const struct bf16_in in = rounded_in(&o->y, m->I);
	size_t N = rows->total, n = N * m->O;
	bool fused = r->y.halves;
	struct bf16_out out = {
		.half = r->y.halves, .ldh = m->O, .before = r->before.halves,
		.activate = fused && r->gelu ? gelu_rough : NULL,
		.bias = m->linear->bias, .ldy = m->O
	};

	if (!fused)
		out.y = unfinished(r, n, arena);
	encoder_operand_settle(o, rows);
	linear_bf16_forward(&out, &in, m->linear->weight, N, m->I, m->O,
	                    rows->space);
	if (!fused)
		finish(r, out.y, n);
}

static void
rounded_linear_backward(float *dx, bool fresh, struct encoder_linear *g,
                        const float *dy, size_t lddy,
                        const struct encoder_values *x,
                        const struct encoder_matrix *m,
                        const struct encoder_rows *rows)
{
	const struct bf16_in in = rounded_in(x, m->I);

	linear_bf16_backward(dx, m->I, fresh, g->weight, g->bias, dy, lddy,
	                     &in, m->linear->weight, rows->total, m->I, m->O,
	                     rows->space);
}

/* q, k and v are rows of three matrices: each has a third of qkv. */
static void
floats_qkv(struct encoder_kept *k, const struct encoder_rows *rows,
           struct arena *arena)
{
	const struct encoder_layer *w = k->w;
	const struct encoder_linear *third[3] = { &w->q, &w->k, &w->v };
	size_t H = rows->config->width;

	(void)arena;
	encoder_operand_settle(&k->a, rows);
	for (size_t i = 0; i < 3; i++)
		linear_forward_into(k->qkv.floats + i * H, 3 * H,
		                    k->a.y.floats, H, third[i]->weight,
		                    third[i]->bias, rows->total, H, H);
}

static void
rounded_qkv(struct encoder_kept *k, const struct encoder_rows *rows,
            struct arena *arena)
{
	const struct encoder_layer *w = k->w;
	const struct encoder_linear *third[3] = { &w->q, &w->k, &w->v };
	size_t H = rows->config->width;
	const struct bf16_in in = rounded_in(&k->a.y, H);

	(void)arena;
	encoder_operand_settle(&k->a, rows);
	for (size_t i = 0; i < 3; i++) {
		const struct bf16_out out = {
			.y = k->qkv.floats + i * H, .ldy = 3 * H,
			.bias = third[i]->bias
		};

		linear_bf16_forward(&out, &in, third[i]->weight, rows->total,
		                    H, H, rows->space);
	}
}

const struct encoder_products encoder_products_floats = {
	.linear = floats_linear,
	.linear_backward = floats_linear_backward,
	.qkv = floats_qkv,
	.attention = encoder_attention_floats,
	.convolutions = wav2vec2_convolutions_floats,
	.position = wav2vec2_position_floats,
	.position_backward = wav2vec2_position_floats_backward
};

const struct encoder_products encoder_products_rounded = {
	.halves_between = true,
	.linear = rounded_linear,
	.linear_backward = rounded_linear_backward,
	.qkv = rounded_qkv,
	.attention = encoder_attention_floats,
	.convolutions = wav2vec2_convolutions_floats,
	.position = wav2vec2_position_rounded,
	.position_backward = wav2vec2_position_rounded_backward
};
