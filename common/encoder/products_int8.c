#include "encoder/layer.h"
#include "encoder/products.h"
#include "encoder/self_attention.h"
#include "encoder/wav2vec2_convolutions.h"
#include "encoder/wav2vec2_front.h"
#include "encoder/whisper_front.h"
#include "nn/gelu.h"

/* The operand times a quantised matrix, to where out says. */
static void
multiply(const struct bf16_out *out, struct encoder_operand *o,
         const struct int8_matrix *m, const struct encoder_rows *rows,
         struct arena *arena)
{
	size_t N = rows->total;

	encoder_operand_settle(o, rows);
	gemm_int8(out, rows->packed->int8_unit, o->y.floats, o->width, m, N,
	          arena_take(arena, gemm_int8_scratch(N, o->width), 1));
}

static void
int8_linear(const struct encoder_result *r, struct encoder_operand *o,
            const struct encoder_matrix *m, const struct encoder_rows *rows,
            struct arena *arena)
{
	const struct bf16_out out = {
		.y = r->y.floats, .ldy = m->O, .bias = m->linear->bias,
		.activate = r->gelu ? gelu_forward : NULL,
		.residual = r->residual, .ldr = m->O
	};

	if (m->packed->int8)
		multiply(&out, o, m->packed->int8, rows, arena);
	else
		encoder_products_plain.linear(r, o, m, rows, arena);
}

static void
int8_qkv(struct encoder_kept *k, const struct encoder_rows *rows,
         struct arena *arena)
{
	const struct encoder_packed_layer *p = encoder_packed_layer(rows, k->n);
	const struct bf16_out out = {
		.y = k->qkv.floats, .ldy = 3 * rows->config->width,
		.bias = p->qkv_bias
	};

	multiply(&out, &k->a, p->qkv.int8, rows, arena);
}

const struct encoder_products encoder_products_int8 = {
	.linear = int8_linear, .qkv = int8_qkv,
	.attention = encoder_attention_plain,
	.whisper_convolutions = whisper_convolutions_plain,
	.convolutions = wav2vec2_convolutions_plain,
	.position = wav2vec2_position_plain
};
