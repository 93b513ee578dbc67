#include "encoder/encoder.h"
#include "encoder/packed.h"
#include "encoder/wav2vec2_position.h"
#include "nn/conv_grouped.h"
#include "nn/conv_grouped_bf16.h"
#include "nn/gelu.h"
#include "nn/residual.h"

/* sum = p + GELU(position) */
static void
join(float *sum, const struct wav2vec2_front_kept *k,
     const struct encoder_rows *rows)
{
	size_t n = rows->total * rows->config->width;

	gelu_forward(sum, k->position, n);
	add_scaled(sum, 1, k->p, n);
}

static size_t
floats_scratch(const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;

	return conv_grouped_scratch(encoder_rows_longest(rows), c->width,
	                            c->position_groups, c->position_taps);
}

static uint16_t *
halves_scratch(const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;

	return arena_halves(arena, conv_grouped_bf16_scratch(
		encoder_rows_longest(rows), c->width, c->position_groups,
		c->position_taps));
}

void
wav2vec2_position_floats(float *sum, struct wav2vec2_front_kept *k,
                         const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	float *scratch;

	k->position = arena_floats(arena, rows->total * c->width);
	scratch = arena_floats(arena, floats_scratch(rows));
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * c->width;

		conv_grouped_forward(k->position + at, scratch, k->p + at,
		                     rows->network->folded.position,
		                     rows->weights->position_bias,
		                     encoder_rows_of(rows, u), c->width,
		                     c->position_groups, c->position_taps);
	}
	join(sum, k, rows);
}

/* One utterance after the other, to where out says. */
static void
halves_forward(const struct bf16_out *out, const uint16_t *packed,
               const struct wav2vec2_front_kept *k,
               const struct encoder_rows *rows, const struct bf16_unit *unit,
               uint16_t *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width;

	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * H;
		struct bf16_out part = *out;

		part.y = out->y + at;
		part.residual = out->residual ? out->residual + at : NULL;
		conv_grouped_bf16_forward(&part, unit, scratch, k->p + at,
		                          packed, encoder_rows_of(rows, u), H,
		                          c->position_groups,
		                          c->position_taps);
	}
}

void
wav2vec2_position_rounded(float *sum, struct wav2vec2_front_kept *k,
                          const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width, groups = c->position_groups;
	struct arena *space = &rows->space->arena;
	uint16_t *packed = arena_halves(space, conv_grouped_bf16_packed(
		H, groups, c->position_taps));
	struct bf16_out out = {
		.ldy = H, .bias = rows->weights->position_bias
	};

	out.y = k->position = arena_floats(arena, rows->total * H);
	conv_grouped_bf16_pack(packed, rows->network->folded.position, H,
	                       groups, c->position_taps);
	halves_forward(&out, packed, k, rows, rows->space->unit,
	               halves_scratch(rows, space));
	arena_clear(space);
	join(sum, k, rows);
}

void
wav2vec2_position_packed(float *sum, struct wav2vec2_front_kept *k,
                         const struct encoder_rows *rows, struct arena *arena)
{
	size_t H = rows->config->width;
	const struct bf16_out out = {
		.y = sum, .ldy = H, .activate = gelu_rough,
		.bias = rows->weights->position_bias, .residual = k->p, .ldr = H
	};

	halves_forward(&out, rows->packed->position, k, rows,
	               rows->packed->unit, halves_scratch(rows, arena));
}

void
wav2vec2_position_floats_backward(
	struct encoder_weights *g, struct wav2vec2_folded *dfolded, float *dp,
	const float *dposition, const struct wav2vec2_front_kept *k,
	const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	float *room = arena_floats(scratch, floats_scratch(rows));

	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * c->width;

		conv_grouped_backward(dp + at, dfolded->position,
		                      g->position_bias, room, dposition + at,
		                      k->p + at, rows->network->folded.position,
		                      encoder_rows_of(rows, u), c->width,
		                      c->position_groups, c->position_taps);
	}
}

void
wav2vec2_position_rounded_backward(
	struct encoder_weights *g, struct wav2vec2_folded *dfolded, float *dp,
	const float *dposition, const struct wav2vec2_front_kept *k,
	const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width, groups = c->position_groups;
	uint16_t *packed = arena_halves(scratch, conv_grouped_bf16_packed(
		H, groups, c->position_taps));

	conv_grouped_bf16_pack_back(packed, rows->network->folded.position,
	                            rows->space, H, groups, c->position_taps);
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * H;

		conv_grouped_bf16_backward(
			dp + at, dfolded->position, g->position_bias,
			dposition + at, k->p + at, packed, rows->space,
			encoder_rows_of(rows, u), H, groups,
			c->position_taps);
	}
}
