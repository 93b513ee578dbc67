#include "encoder/encoder.h"
#include "encoder/wav2vec2_front.h"
#include "nn/conv_grouped.h"
#include "nn/conv_grouped_bf16.h"
#include "nn/gelu.h"
#include "nn/residual.h"

static size_t
floats_scratch(const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;

	return conv_grouped_scratch(encoder_rows_longest(rows), c->width,
	                            c->position_groups, c->position_taps);
}

/* Room for the packed weight. */
static uint16_t *
packed_take(const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;

	return arena_halves(arena, conv_grouped_bf16_packed(
		c->width, c->position_groups, c->position_taps));
}

/* One utterance after the other, to where out says. */
static void
halves_forward(const struct bf16_out *out, const uint16_t *packed,
               const struct wav2vec2_front_kept *k,
               const struct encoder_rows *rows, const struct bf16_unit *unit,
               struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width, groups = c->position_groups;
	uint16_t *scratch = arena_halves(
		arena, conv_grouped_bf16_scratch(encoder_rows_longest(rows), H,
	                                         groups, c->position_taps));

	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * H;
		struct bf16_out part = *out;

		part.y = out->y + at;
		part.residual = out->residual ? out->residual + at : NULL;
		conv_grouped_bf16_forward(&part, unit, scratch, k->p + at,
		                          packed, encoder_rows_of(rows, u), H,
		                          groups, c->position_taps);
	}
}

/* k->position, with products in bfloat16. */
static void
rounded_forward(struct wav2vec2_front_kept *k, const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;
	struct arena *space = &rows->space->arena;
	uint16_t *packed = packed_take(rows, space);
	const struct bf16_out out = {
		.y = k->position, .ldy = c->width,
		.bias = rows->weights->position_bias
	};

	conv_grouped_bf16_pack(packed, rows->network->folded.position,
	                       c->width, c->position_groups,
	                       c->position_taps);
	halves_forward(&out, packed, k, rows, rows->space->unit, space);
	arena_clear(space);
}

static void
floats_forward(struct wav2vec2_front_kept *k, const struct encoder_rows *rows,
               struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	float *scratch = arena_floats(arena, floats_scratch(rows));

	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * c->width;

		conv_grouped_forward(k->position + at, scratch, k->p + at,
		                     rows->network->folded.position,
		                     rows->weights->position_bias,
		                     encoder_rows_of(rows, u), c->width,
		                     c->position_groups, c->position_taps);
	}
}

void
wav2vec2_position_plain(float *sum, struct wav2vec2_front_kept *k,
                        const struct encoder_rows *rows, struct arena *arena)
{
	size_t n = rows->total * rows->config->width;

	k->position = arena_floats(arena, n);
	if (rows->space)
		rounded_forward(k, rows);
	else
		floats_forward(k, rows, arena);
	gelu_forward(sum, k->position, n);
	add_scaled(sum, 1, k->p, n);
}

void
wav2vec2_position_packed(float *sum, struct wav2vec2_front_kept *k,
                         const struct encoder_rows *rows, struct arena *arena)
{
	size_t H = rows->config->width;
	const struct bf16_out out = {
		.y = sum, .ldy = H, .activate = gelu_rough,
		.bias = rows->weights->position_bias, .residual = k->p,
		.ldr = H
	};

	halves_forward(&out, rows->packed->position, k, rows,
	               rows->packed->unit, arena);
}

void
wav2vec2_position_backward(struct encoder_weights *g,
                           struct encoder_folded *dfolded, float *dp,
                           const float *dposition,
                           const struct wav2vec2_front_kept *k,
                           const struct encoder_rows *rows,
                           struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	const float *weight = rows->network->folded.position;
	size_t H = c->width, groups = c->position_groups;
	uint16_t *packed = NULL;
	float *room = NULL;

	if (rows->space) {
		packed = packed_take(rows, scratch);
		conv_grouped_bf16_pack_back(packed, weight, rows->space, H,
		                            groups, c->position_taps);
	} else {
		room = arena_floats(scratch, floats_scratch(rows));
	}
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * H, T = encoder_rows_of(rows, u);

		if (packed)
			conv_grouped_bf16_backward(
				dp + at, dfolded->position, g->position_bias,
				dposition + at, k->p + at, packed, rows->space,
				T, H, groups, c->position_taps);
		else
			conv_grouped_backward(
				dp + at, dfolded->position, g->position_bias,
				room, dposition + at, k->p + at, weight, T, H,
				groups, c->position_taps);
	}
}
