#include "encoder/products.h"
#include "encoder/layer.h"
#include "encoder/wav2vec2_convolutions.h"
#include "encoder/wav2vec2_front.h"
#include "encoder/whisper_front.h"
#include "gemm/bf16_remainder.h"
#include "nn/attention_bf16.h"
#include "nn/gelu.h"
#include "nn/layernorm.h"

/* operand weight^T, [N,O], to where out says */
static void
multiply(const struct bf16_out *out, struct encoder_operand *o,
         const uint16_t *weight, size_t O, const struct encoder_rows *rows,
         struct arena *arena)
{
	size_t N = rows->total, I = o->width;
	struct bf16_norm norm = {
		.forward = layernorm_forward, .y = o->y.floats,
		.epsilon = rows->config->epsilon
	};
	struct bf16_in in = { .half = o->y.halves, .ld = I };

	if (o->norm) {
		norm.gain = o->norm->gain;
		norm.bias = o->norm->bias;
		in.x = o->x;
		in.norm = &norm;
	}
	gemm_bf16(out, rows->packed->unit, &in, weight, N, O, I,
	          arena_halves(arena, gemm_bf16_scratch(N, I)));
	o->settled = true;
}

/* The bias, corrected for the rounding of the weight: bf16_remainder.h. */
static const float *
bias_of(const struct encoder_matrix *m, const struct encoder_operand *o,
        const struct encoder_rows *rows, struct arena *arena)
{
	float *average, *bias;

	if (!m->packed->remainder)
		return m->linear->bias;
	average = arena_floats(arena, m->I);
	bias = arena_floats(arena, m->O);
	rows_mean_halves(average, o->y.halves, rows->total, m->I);
	bf16_remainder_bias(bias, m->packed->remainder, m->linear->bias,
	                    average, m->O, m->I);
	return bias;
}

static void
packed_linear(const struct encoder_result *r, struct encoder_operand *o,
              const struct encoder_matrix *m, const struct encoder_rows *rows,
              struct arena *arena)
{
	const struct bf16_out out = {
		.y = r->y.floats, .ldy = m->O,
		.half = r->y.halves, .ldh = m->O,
		.bias = bias_of(m, o, rows, arena),
		.activate = r->gelu ? gelu_rough : NULL,
		.residual = r->residual, .ldr = m->O
	};

	multiply(&out, o, m->packed->weight, m->O, rows, arena);
}

static void
packed_qkv(struct encoder_kept *k, const struct encoder_rows *rows,
           struct arena *arena)
{
	const struct encoder_packed_layer *p = encoder_packed_layer(rows, k->n);
	size_t width = 3 * rows->config->width;
	const struct bf16_out out = {
		.half = k->qkv.halves, .ldh = width, .bias = p->qkv_bias
	};

	multiply(&out, &k->a, p->qkv.weight, width, rows, arena);
}

/* The correction of the values' weight is added after the softmax. */
static void
packed_attention(struct encoder_kept *k, const struct encoder_rows *rows,
                 struct rng *rng, struct arena *arena)
{
	size_t T = rows->total, H = rows->config->width;
	size_t heads = rows->config->heads;
	float *average = arena_floats(arena, H);
	float *bias = arena_floats(arena, H);
	const struct attention_extra extra = {
		.gate = k->gate,
		.relative = rows->relative ? rows->relative[0] : NULL
	};

	(void)rng;
	rows_mean(average, k->a.y.floats, T, H);
	bf16_remainder_bias(bias,
	                    encoder_packed_layer(rows, k->n)->qkv.remainder,
	                    NULL, average, H, H);
	attention_bf16_forward(k->attended.halves,
	                       arena_take(arena, attention_bf16_scratch(
	                       T, H, heads), 1), k->qkv.halves, bias, &extra,
	                       rows->packed->unit, T, H, heads);
}

const struct encoder_products encoder_products_packed = {
	.halves = true, .linear = packed_linear,
	.qkv = packed_qkv, .attention = packed_attention,
	.whisper_convolutions = whisper_convolutions_packed,
	.convolutions = wav2vec2_convolutions_packed,
	.position = wav2vec2_position_packed
};
