#include <math.h>

#include "encoder/encoder.h"
#include "encoder/wav2vec2_front.h"
#include "encoder/wav2vec2_position.h"
#include "nn/conv_grouped.h"
#include "nn/conv_grouped_bf16.h"
#include "nn/gelu.h"
#include "nn/residual.h"

bool
wav2vec2_position_chained(const struct encoder_config *c)
{
	return c->position_plain > 0 && !c->position_batch_norm;
}

static float
deviation_inverse(const struct encoder_weights *w, size_t i)
{
	return 1 / sqrtf(w->position_variance[i] + 1e-5f);
}

/*
 * HuBERT's batch norm [conv_pos_batch_norm], y = (x - mean) / sqrt(variance +
 * 1e-5) gain + bias for each channel; x itself where the network has none.
 * Mean and variance are those of the file, also while training: what a batch
 * holds may not change its results.
 */
static const float *
batch_norm_forward(const float *x, const struct encoder_rows *rows,
                   struct arena *arena)
{
	const struct encoder_weights *w = rows->weights;
	size_t H = rows->config->width;
	float *y, *scale;

	if (!rows->config->position_batch_norm)
		return x;
	y = arena_floats(arena, rows->total * H);
	scale = arena_floats(arena, H);
	for (size_t i = 0; i < H; i++)
		scale[i] = deviation_inverse(w, i) * w->position_norm.gain[i];
	for (size_t t = 0; t < rows->total; t++)
		for (size_t i = 0; i < H; i++)
			y[t * H + i] = (x[t * H + i] - w->position_mean[i]) *
				scale[i] + w->position_norm.bias[i];
	return y;
}

/* Adds to dx [N,H] and to gradient from dy. */
static void
batch_norm_backward(struct encoder_weights *g, float *dx, const float *dy,
                    const float *x, const struct encoder_rows *rows)
{
	const struct encoder_weights *w = rows->weights;
	size_t H = rows->config->width;

	#pragma omp parallel for schedule(static)
	for (size_t i = 0; i < H; i++) {
		float r = deviation_inverse(w, i);

		for (size_t t = 0; t < rows->total; t++) {
			float d = dy[t * H + i];

			dx[t * H + i] += d * r * w->position_norm.gain[i];
			g->position_norm.gain[i] +=
				d * (x[t * H + i] - w->position_mean[i]) * r;
			g->position_norm.bias[i] += d;
		}
	}
}

/* Are the weights packed in bfloat16, not in int8? */
static bool
packed_halves(const struct encoder_rows *rows)
{
	return rows->packed && rows->packed->unit;
}

static size_t
floats_scratch(const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;

	return conv_grouped_scratch(encoder_rows_longest(rows), c->width,
	                            c->position_groups, c->position_taps);
}

static size_t
halves_scratch(const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;

	return conv_grouped_bf16_scratch(encoder_rows_longest(rows), c->width,
	                                 c->position_groups,
	                                 c->position_taps);
}

/* Room for the packed weight. */
static uint16_t *
packed_take(const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;

	return arena_halves(arena, conv_grouped_bf16_packed(
		c->width, c->position_groups, c->position_taps));
}

/* Of convolution i, folded, or the gradient of that. */
static float *
weight_of(const struct encoder_folded *f, size_t i,
          const struct encoder_config *c)
{
	return f->position + i * (c->width / c->position_groups) * c->width *
		c->position_taps;
}

static float *
bias_of(const struct encoder_weights *w, size_t i,
        const struct encoder_config *c)
{
	return wav2vec2_position_chained(c) ? w->position[i].bias
	                                    : w->position_bias;
}

/* One utterance after the other, to where out says. */
static void
halves_forward(const struct bf16_out *out, const uint16_t *packed,
               const float *x, const struct encoder_rows *rows,
               const struct bf16_unit *unit, uint16_t *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width, groups = c->position_groups;

	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * H;
		struct bf16_out part = *out;

		part.y = out->y + at;
		part.residual = out->residual ? out->residual + at : NULL;
		conv_grouped_bf16_forward(&part, unit, scratch, x + at,
		                          packed, encoder_rows_of(rows, u), H,
		                          groups, c->position_taps);
	}
}

/* The weight is packed for this pass alone. */
static void
rounded_forward(float *y, const float *x, size_t i,
                const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;
	struct arena *space = &rows->space->arena;
	uint16_t *packed = packed_take(rows, space);
	const struct bf16_out out = {
		.y = y, .ldy = c->width, .bias = bias_of(rows->weights, i, c)
	};

	conv_grouped_bf16_pack(packed, weight_of(&rows->network->folded, i, c),
	                       c->width, c->position_groups,
	                       c->position_taps);
	halves_forward(&out, packed, x, rows, rows->space->unit,
	               arena_halves(space, halves_scratch(rows)));
	arena_clear(space);
}

static void
floats_forward(float *y, const float *x, size_t i,
               const struct encoder_rows *rows, float *scratch)
{
	const struct encoder_config *c = rows->config;

	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * c->width;

		conv_grouped_forward(y + at, scratch, x + at,
		                     weight_of(&rows->network->folded, i, c),
		                     bias_of(rows->weights, i, c),
		                     encoder_rows_of(rows, u), c->width,
		                     c->position_groups, c->position_taps);
	}
}

void *
wav2vec2_position_room(const struct encoder_rows *rows, struct arena *arena)
{
	if (packed_halves(rows))
		return arena_halves(arena, halves_scratch(rows));
	return rows->space ? NULL : arena_floats(arena, floats_scratch(rows));
}

void
wav2vec2_position_convolve(float *y, const float *x, size_t i,
                           const struct encoder_rows *rows, void *room)
{
	const struct encoder_config *c = rows->config;
	size_t packed = conv_grouped_bf16_packed(c->width, c->position_groups,
	                                         c->position_taps);
	const struct bf16_out out = {
		.y = y, .ldy = c->width, .bias = bias_of(rows->weights, i, c)
	};

	if (packed_halves(rows))
		halves_forward(&out, rows->packed->position + i * packed, x,
		               rows, rows->packed->unit, room);
	else if (rows->space)
		rounded_forward(y, x, i, rows);
	else
		floats_forward(y, x, i, rows, room);
}

void
wav2vec2_position_plain(float *sum, struct wav2vec2_front_kept *k,
                        const struct encoder_rows *rows, struct arena *arena)
{
	size_t n = rows->total * rows->config->width;

	k->located = batch_norm_forward(k->p, rows, arena);
	k->position = arena_floats(arena, n);
	wav2vec2_position_convolve(k->position, k->located, 0, rows,
	                           wav2vec2_position_room(rows, arena));
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

	k->located = batch_norm_forward(k->p, rows, arena);
	halves_forward(&out, rows->packed->position, k->located, rows,
	               rows->packed->unit,
	               wav2vec2_position_room(rows, arena));
}

void
wav2vec2_position_convolve_backward(struct encoder_weights *g,
                                    struct encoder_folded *dfolded, float *dx,
                                    const float *dy, const float *x, size_t i,
                                    const struct encoder_rows *rows,
                                    struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	const float *weight = weight_of(&rows->network->folded, i, c);
	float *dweight = weight_of(dfolded, i, c), *dbias = bias_of(g, i, c);
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
				dx + at, dweight, dbias, dy + at, x + at,
				packed, rows->space, T, H, groups,
				c->position_taps);
		else
			conv_grouped_backward(
				dx + at, dweight, dbias, room, dy + at, x + at,
				weight, T, H, groups, c->position_taps);
	}
}

void
wav2vec2_position_backward(struct encoder_weights *g,
                           struct encoder_folded *dfolded, float *dp,
                           const float *dposition,
                           const struct wav2vec2_front_kept *k,
                           const struct encoder_rows *rows,
                           struct arena *scratch)
{
	float *dx = dp;

	if (rows->config->position_batch_norm)
		dx = arena_zeros(scratch, rows->total * rows->config->width);
	wav2vec2_position_convolve_backward(g, dfolded, dx, dposition,
	                                    k->located, 0, rows, scratch);
	if (dx != dp)
		batch_norm_backward(g, dp, dx, k->p, rows);
}
