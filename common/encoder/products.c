#include <string.h>

#include "encoder/products.h"
#include "encoder/self_attention.h"
#include "encoder/wav2vec2_convolutions.h"
#include "encoder/wav2vec2_front.h"
#include "encoder/whisper_front.h"
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

/* y [N,O], rows ldy apart; rounded on the way where the pass has space. */
static void
product(float *y, size_t ldy, const struct encoder_values *x,
        const struct encoder_linear *w, size_t I, size_t O,
        const struct encoder_rows *rows)
{
	const struct bf16_in in = {
		.half = x->halves, .x = x->floats, .ld = I, .alpha = 1
	};
	const struct bf16_out out = { .y = y, .ldy = ldy, .bias = w->bias };

	if (rows->space)
		linear_bf16_forward(&out, &in, w->weight, rows->total, I, O,
		                    rows->space);
	else
		linear_forward_into(y, ldy, x->floats, I, w->weight, w->bias,
		                    rows->total, I, O);
}

/* The result in bfloat16, and GELU without another pass over it. */
static void
product_halves(const struct encoder_result *r, const struct encoder_operand *o,
               const struct encoder_matrix *m, const struct encoder_rows *rows)
{
	const struct bf16_in in = { .x = o->y.floats, .ld = m->I, .alpha = 1 };
	const struct bf16_out out = {
		.half = r->y.halves, .ldh = m->O, .before = r->before.halves,
		.activate = gelu_rough, .bias = m->linear->bias
	};

	linear_bf16_forward(&out, &in, m->linear->weight, rows->total, m->I,
	                    m->O, rows->space);
}

static void
plain_linear(const struct encoder_result *r, struct encoder_operand *o,
             const struct encoder_matrix *m, const struct encoder_rows *rows,
             struct arena *arena)
{
	size_t n = rows->total * m->O;
	bool over = r->residual && r->residual == r->y.floats;
	float *z = over ? arena_floats(arena, n)
	                : r->gelu ? r->before.floats : r->y.floats;

	encoder_operand_settle(o, rows);
	if (r->y.halves) {
		product_halves(r, o, m, rows);
		return;
	}
	product(z, m->O, &o->y, m->linear, m->I, m->O, rows);
	if (r->gelu)
		gelu_forward(r->y.floats, z, n);
	if (r->residual)
		add_scaled(r->y.floats, 1, over ? z : r->residual, n);
}

static void
plain_linear_backward(float *dx, bool fresh, struct encoder_linear *g,
                      const float *dy, size_t lddy,
                      const struct encoder_values *x,
                      const struct encoder_matrix *m,
                      const struct encoder_rows *rows)
{
	const struct bf16_in in = {
		.half = x->halves, .x = x->floats, .ld = m->I, .alpha = 1
	};
	size_t N = rows->total, I = m->I;

	if (rows->space) {
		linear_bf16_backward(dx, I, fresh, g->weight, g->bias, dy,
		                     lddy, &in, m->linear->weight, N, I, m->O,
		                     rows->space);
		return;
	}
	if (dx && fresh)
		memset(dx, 0, N * I * sizeof *dx);
	linear_backward_from(dx, I, g->weight, g->bias, dy, lddy, x->floats, I,
	                     m->linear->weight, N, I, m->O);
}

/* q, k and v are rows of three matrices: each has a third of qkv. */
static void
plain_qkv(struct encoder_kept *k, const struct encoder_rows *rows,
          struct arena *arena)
{
	const struct encoder_linear *third[3] = {
		&k->w->q, &k->w->k, &k->w->v
	};
	size_t H = rows->config->width;

	(void)arena;
	encoder_operand_settle(&k->a, rows);
	for (size_t i = 0; i < 3; i++)
		product(k->qkv.floats + i * H, 3 * H, &k->a.y, third[i], H, H,
		        rows);
}

const struct encoder_products encoder_products_plain = {
	.linear = plain_linear, .linear_backward = plain_linear_backward,
	.qkv = plain_qkv, .attention = encoder_attention_plain,
	.whisper_convolutions = whisper_convolutions_plain,
	.convolutions = wav2vec2_convolutions_plain,
	.position = wav2vec2_position_plain,
	.position_backward = wav2vec2_position_backward
};
