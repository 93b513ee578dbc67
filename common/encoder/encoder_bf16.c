#include <string.h>

#include "core/chunk.h"
#include "core/half.h"
#include "encoder/encoder_bf16.h"
#include "encoder/trunk.h"
#include "gemm/bf16_remainder.h"
#include "nn/attention_bf16.h"
#include "nn/conv_grouped_bf16.h"
#include "nn/gelu.h"
#include "nn/layernorm.h"
#include "nn/relative_bias.h"

/* What the layers of one utterance share. */
struct pass {
	const struct encoder *n;
	const struct encoder_packed *packed;
	const struct encoder_rows *rows;
	size_t T, H, F;
	float *mean, *rstd;       /* [T] of norms; nobody asks for them */
	float *s, *h;             /* [T,H] */
	float *average;           /* of rows; [H] or [F] */
	float *value_bias, *bias; /* for the remainders' sake; [H] */
	uint16_t *qkv, *attended, *wide; /* [T,3H], [T,H], [T,F] */
	float *gate;              /* WavLM: [T,heads] */
	void *scratch;            /* of attention */
	uint16_t *packing;        /* of products with T rows */
};

static void
multiply(const struct pass *p, const struct bf16_out *out, const uint16_t *x,
         const uint16_t *weight, size_t N, size_t K)
{
	const struct bf16_in in = { .half = x, .ld = K };

	gemm_bf16(out, p->packed->unit, &in, weight, p->T, N, K, p->packing);
}

/* The same of norm(x), which is left in y. */
static void
multiply_normed(const struct pass *p, const struct bf16_out *out, float *y,
                const float *x, const struct encoder_norm *w,
                const uint16_t *weight, size_t N, size_t K)
{
	const struct bf16_norm norm = {
		.forward = layernorm_forward,
		.gain = w->gain, .bias = w->bias, .y = y,
		.epsilon = p->n->config.epsilon
	};
	const struct bf16_in in = { .x = x, .norm = &norm, .ld = K };

	gemm_bf16(out, p->packed->unit, &in, weight, p->T, N, K, p->packing);
}

/* The features' projection, [T,H]. */
static float *
project(const struct pass *p, const uint16_t *features, struct arena *arena,
        struct arena *scratch)
{
	const struct encoder_config *c = &p->n->config;
	const struct encoder_weights *w = &p->n->weights;
	size_t C = c->conv_width[c->convs - 1], n = p->T * C;
	float *y = arena_floats(arena, p->T * p->H);
	const struct bf16_out out = {
		.y = y, .ldy = p->H, .bias = w->projection.bias
	};

	float *x;

	if (!c->projection_norm) {
		multiply(p, &out, features, p->packed->projection, p->H, C);
		return y;
	}
	x = arena_floats(scratch, n);
	for (size_t i = 0; i < n; i++)
		x[i] = bfloat_to_float(features[i]);
	multiply_normed(p, &out, x, x, &w->projection_norm,
	                p->packed->projection, p->H, C);
	return y;
}

/* sum = x + GELU(positional convolution of x) */
static void
position(float *sum, const float *x, const struct pass *p,
         struct arena *scratch)
{
	const struct encoder_config *c = &p->n->config;
	size_t groups = c->position_groups, k = c->position_taps;
	const struct bf16_out out = {
		.y = sum, .ldy = p->H, .activate = gelu_rough,
		.bias = p->n->weights.position_bias, .residual = x,
		.ldr = p->H
	};

	conv_grouped_bf16_forward(&out, p->packed->unit,
	                          arena_halves(scratch,
	                                      conv_grouped_bf16_scratch(
	                                      p->T, p->H, groups, k)), x,
	                          p->packed->position, p->T, p->H, groups, k);
}

/* p->value_bias, which the values of layer i, of x, lack. */
static void
value_bias_find(const struct pass *p, size_t i, const float *x)
{
	rows_mean(p->average, x, p->T, p->H);
	bf16_remainder_bias(p->value_bias, p->packed->layer[i].value_remainder,
	                    NULL, p->average, p->H, p->H);
}

/* p->bias, of a product of x [T,K]. */
static void
bias_find(const struct pass *p, const uint16_t *remainder, const float *bias,
          const uint16_t *x, size_t K)
{
	rows_mean_halves(p->average, x, p->T, K);
	bf16_remainder_bias(p->bias, remainder, bias, p->average, p->H, K);
}

/* p->s = x + attention(a), where p->qkv is of a. */
static void
attend(const struct pass *p, size_t i, const float *x, const float *a)
{
	const struct encoder_config *c = &p->n->config;
	const struct encoder_layer *w = &p->n->weights.layer[i];
	struct attention_extra extra = { .gate = p->gate };
	const struct bf16_out out = {
		.y = p->s, .ldy = p->H, .bias = p->bias,
		.residual = x, .ldr = p->H
	};

	value_bias_find(p, i, a);
	if (p->gate) {
		relative_gate_forward(p->gate, a, w->gate.weight, w->gate.bias,
		                      w->gate_scale, p->T, p->H, c->heads);
		extra.relative = p->rows->relative[0];
	}
	attention_bf16_forward(p->attended, p->scratch, p->qkv,
	                       p->value_bias, &extra, p->packed->unit, p->T,
	                       p->H, c->heads);
	bias_find(p, p->packed->layer[i].out_remainder, w->out.bias,
	          p->attended, p->H);
	multiply(p, &out, p->attended, p->packed->layer[i].out, p->H, p->H);
}

/* y = residual + feed(h), where h is the norm of p->s. */
static void
feed(float *y, const struct pass *p, size_t i, const struct encoder_norm *norm,
     const float *residual)
{
	const struct encoder_layer *w = &p->n->weights.layer[i];
	const struct bf16_out wide = {
		.half = p->wide, .ldh = p->F, .bias = w->wide.bias,
		.activate = gelu_rough
	};
	const struct bf16_out narrow = {
		.y = y, .ldy = p->H, .bias = p->bias,
		.residual = residual, .ldr = p->H
	};

	multiply_normed(p, &wide, p->h, p->s, norm, p->packed->layer[i].wide,
	                p->F, p->H);
	bias_find(p, p->packed->layer[i].narrow_remainder, w->narrow.bias,
	          p->wide, p->F);
	multiply(p, &narrow, p->wide, p->packed->layer[i].narrow, p->H, p->F);
}

/* The norm of what layer i - 1 ends with, or the convolutions. */
static const struct encoder_norm *
norm_before(const struct encoder *n, size_t i)
{
	return i > 0 ? &n->weights.layer[i - 1].norm : &n->weights.norm;
}

/*
 * What layer i makes of x; see encoder_layer.h.  Where norms come last, that of
 * the layer before is still to be done: x is the norm of p->s.
 */
static void
layer(const struct pass *p, size_t i, float *x, struct encoder_head_kept *head)
{
	const struct encoder_layer *w = &p->n->weights.layer[i];
	bool stable = p->n->config.stable;
	const struct bf16_out qkv = {
		.half = p->qkv, .ldh = 3 * p->H,
		.bias = p->packed->layer[i].qkv_bias
	};

	if (stable)
		multiply_normed(p, &qkv, p->h, x, &w->attention_norm,
		                p->packed->layer[i].qkv, 3 * p->H, p->H);
	else
		multiply_normed(p, &qkv, x, p->s, norm_before(p->n, i),
		                p->packed->layer[i].qkv, 3 * p->H, p->H);
	encoder_head_state(head, i, x, p->rows);
	attend(p, i, x, stable ? p->h : x);
	if (stable)
		feed(x, p, i, &w->norm, p->s);
	else
		feed(p->s, p, i, &w->attention_norm, p->h);
}

static void
last_norm(float *x, const struct pass *p)
{
	const struct encoder_norm *w = norm_before(p->n, p->n->config.layers);

	if (p->n->config.stable)
		encoder_last_norm(x, p->mean, p->rstd, x, p->n, p->T);
	else
		layernorm_forward(x, p->mean, p->rstd, p->s, w->gain, w->bias,
		                  p->T, p->H, p->n->config.epsilon);
}

/* For products of T rows with each of three K. */
static size_t
packing_most(size_t T, const size_t K[3])
{
	size_t most = 0;

	for (size_t i = 0; i < 3; i++)
		if (gemm_bf16_scratch(T, K[i]) > most)
			most = gemm_bf16_scratch(T, K[i]);
	return most;
}

static struct pass
pass_begin(const struct encoder *n, const struct encoder_packed *packed,
           const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = &n->config;
	size_t T = rows->total, H = c->width;
	struct pass p = {
		.n = n, .packed = packed, .rows = rows, .T = T, .H = H,
		.F = c->inner
	};

	p.mean = arena_floats(arena, T);
	p.rstd = arena_floats(arena, T);
	p.s = arena_floats(arena, T * H);
	p.h = arena_floats(arena, T * H);
	p.average = arena_floats(arena, p.H > p.F ? p.H : p.F);
	p.value_bias = arena_floats(arena, H);
	p.bias = arena_floats(arena, H);
	p.qkv = arena_halves(arena, 3 * bf16_round_up(T) * H);
	p.attended = arena_halves(arena, T * H);
	p.wide = arena_halves(arena, T * c->inner);
	p.scratch = arena_take(arena, attention_bf16_scratch(T, H, c->heads),
	                       1);
	p.packing = arena_halves(arena, packing_most(T, (const size_t[]){
		H, c->inner, c->conv_width[c->convs - 1] }));
	if (c->family == ENCODER_WAVLM)
		p.gate = arena_floats(arena, T * c->heads);
	return p;
}

/* From the convolutions to the first layer's x [T,H], or what it is norm of. */
static float *
begin(const struct pass *p, const uint16_t *features, struct arena *arena,
      struct arena *scratch)
{
	float *x = project(p, features, arena, scratch);

	position(p->s, x, p, scratch);
	if (p->n->config.stable)
		memcpy(x, p->s, p->T * p->H * sizeof *x);
	return x;
}

void
encoder_bf16_infer(const struct encoder *n, const struct encoder_packed *packed,
                   float *logits, float *embedding, const float *audio,
                   size_t N, struct arena *arena)
{
	const struct encoder_config *c = &n->config;
	const struct encoder_batch batch = {
		.count = 1, .audio = &audio, .samples = &N
	};
	struct arena *scratch = arena_second(arena);
	const uint16_t *features;
	struct encoder_head_kept head;
	struct encoder_rows rows;
	struct pass p;
	float *x;

	arena_clear(arena);
	arena_clear(scratch);
	encoder_rows_init(&rows, c, &batch, arena);
	encoder_relative_forward(&rows, &n->weights, arena);
	features = encoder_bf16_encode(n, packed, audio, N, arena, scratch);
	arena_clear(scratch);
	p = pass_begin(n, packed, &rows, arena);
	x = begin(&p, features, arena, scratch);
	encoder_head_begin(&head, &n->weights, &rows, arena);
	for (size_t i = 0; i < c->layers; i++)
		layer(&p, i, x, &head);
	last_norm(x, &p);
	encoder_head_state(&head, c->layers, x, &rows);
	encoder_head_forward(logits, embedding, &head, &n->weights, &rows,
	                     arena);
	arena_clear(scratch);
	arena_clear(arena);
}
