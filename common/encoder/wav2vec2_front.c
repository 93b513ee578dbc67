#include <string.h>

#include "encoder/drop.h"
#include "encoder/mask.h"
#include "encoder/precise_linear.h"
#include "encoder/wav2vec2_front.h"
#include "nn/conv_grouped.h"
#include "nn/conv_grouped_bf16.h"
#include "nn/gelu.h"
#include "nn/layernorm.h"
#include "nn/residual.h"

static size_t
features_width(const struct encoder_config *c)
{
	return c->conv_width[c->convs - 1];
}

static void
project(struct wav2vec2_front_kept *k, const struct encoder_weights *w,
        const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t N = rows->total, C = features_width(c), H = c->width;
	const float *x = k->features;

	if (c->projection_norm) {
		k->normed = arena_floats(arena, N * C);
		k->mean = arena_floats(arena, N);
		k->rstd = arena_floats(arena, N);
		layernorm_forward(k->normed, k->mean, k->rstd, x,
		                  w->projection_norm.gain,
		                  w->projection_norm.bias, N, C, c->epsilon);
		x = k->normed;
	}
	k->p = arena_floats(arena, N * H);
	encoder_linear_forward(k->p, H, x, &w->projection, C, H, rows);
}

/* Hides rows and channels of p, each utterance by its own chance. */
static void
mask_forward(struct wav2vec2_front_kept *k, const struct encoder_weights *w,
             const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width;
	struct rng rng = encoder_chance(rows, "mask", 0);

	if (!rows->chance || !c->augment || !w->mask)
		return;
	k->hidden_rows = arena_take(arena, rows->total, 1);
	k->hidden_channels = arena_take(arena, rows->count * H, 1);
	for (size_t u = 0; u < rows->count; u++) {
		size_t from = rows->start[u], to = rows->start[u + 1];
		uint8_t *channels = k->hidden_channels + u * H;

		encoder_mask_spans(k->hidden_rows + from, to - from,
		                   &c->time_mask, &rng);
		encoder_mask_spans(channels, H, &c->feature_mask, &rng);
		for (size_t t = from; t < to; t++) {
			float *p = k->p + t * H;

			if (k->hidden_rows[t])
				memcpy(p, w->mask, H * sizeof *p);
			for (size_t i = 0; i < H; i++)
				p[i] = channels[i] ? 0 : p[i];
		}
	}
}

static void
mask_backward(struct encoder_weights *g, float *dp,
              const struct wav2vec2_front_kept *k,
              const struct encoder_rows *rows)
{
	size_t H = rows->config->width;

	if (!k->hidden_rows)
		return;
	for (size_t u = 0; u < rows->count; u++) {
		const uint8_t *channels = k->hidden_channels + u * H;

		for (size_t t = rows->start[u]; t < rows->start[u + 1]; t++) {
			float *d = dp + t * H;

			for (size_t i = 0; i < H; i++)
				d[i] = channels[i] ? 0 : d[i];
			if (!k->hidden_rows[t])
				continue;
			add_scaled(g->mask, 1, d, H);
			memset(d, 0, H * sizeof *d);
		}
	}
}

/* Of the positional convolution. */
static size_t
scratch_size(const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;

	return conv_grouped_scratch(encoder_rows_longest(rows), c->width,
	                            c->position_groups, c->position_taps);
}

/* One utterance, from row at / H on. */
static void
position_round(struct wav2vec2_front_kept *k, size_t at, size_t T,
               const uint16_t *packed, const struct encoder_weights *w,
               const struct encoder_rows *rows, uint16_t *scratch)
{
	const struct encoder_config *c = rows->config;
	const struct bf16_out out = {
		.y = k->position + at, .ldy = c->width,
		.bias = w->position_bias
	};

	conv_grouped_bf16_forward(&out, rows->space->unit, scratch, k->p + at,
	                          packed, T, c->width, c->position_groups,
	                          c->position_taps);
}

/* The same in bfloat16, by weights that are packed for this pass. */
static void
position_forward_bf16(struct wav2vec2_front_kept *k,
                      const struct encoder_weights *w,
                      const struct wav2vec2_folded *folded,
                      const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width, groups = c->position_groups;
	struct arena *arena = &rows->space->arena;
	uint16_t *packed = arena_halves(arena, conv_grouped_bf16_packed(
		H, groups, c->position_taps));
	uint16_t *scratch = arena_halves(
		arena, conv_grouped_bf16_scratch(encoder_rows_longest(rows), H,
	                                         groups, c->position_taps));

	conv_grouped_bf16_pack(packed, folded->position, H, groups,
	                       c->position_taps);
	for (size_t u = 0; u < rows->count; u++)
		position_round(k, rows->start[u] * H,
		               rows->start[u + 1] - rows->start[u], packed, w,
		               rows, scratch);
	arena_clear(arena);
}

static void
position_forward(struct wav2vec2_front_kept *k, const struct encoder_weights *w,
                 const struct wav2vec2_folded *folded,
                 const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width;
	float *scratch;

	k->position = arena_floats(arena, rows->total * H);
	if (rows->space) {
		position_forward_bf16(k, w, folded, rows);
		return;
	}
	scratch = arena_floats(arena, scratch_size(rows));
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * H;

		conv_grouped_forward(k->position + at, scratch, k->p + at,
		                     folded->position, w->position_bias,
		                     rows->start[u + 1] - rows->start[u], H,
		                     c->position_groups, c->position_taps);
	}
}

void
wav2vec2_front_forward(float *x, struct wav2vec2_front_kept *k,
                       const float *features, const struct encoder_weights *w,
                       const struct wav2vec2_folded *folded,
                       const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t N = rows->total, H = c->width;
	struct rng rng = encoder_chance(rows, "front", 0);

	*k = (struct wav2vec2_front_kept){ .features = features };
	project(k, w, rows, arena);
	k->projection_mask = encoder_drop(k->p, N * H, c->projection_dropout,
	                                  rows, &rng, arena);
	mask_forward(k, w, rows, arena);
	position_forward(k, w, folded, rows, arena);
	gelu_forward(x, k->position, N * H);
	add_scaled(x, 1, k->p, N * H);
	if (!c->stable) {
		k->sum = arena_floats(arena, N * H);
		k->sum_mean = arena_floats(arena, N);
		k->sum_rstd = arena_floats(arena, N);
		memcpy(k->sum, x, N * H * sizeof *x);
		layernorm_forward(x, k->sum_mean, k->sum_rstd, k->sum,
		                  w->norm.gain, w->norm.bias, N, H,
		                  c->epsilon);
	}
	k->x_mask = encoder_drop(x, N * H, c->dropout, rows, &rng, arena);
}

/* dp [N,H] and dfolded, with products in bfloat16. */
static void
position_backward_bf16(struct encoder_weights *g,
                       struct wav2vec2_folded *dfolded, float *dp,
                       const float *dposition,
                       const struct wav2vec2_front_kept *k,
                       const struct wav2vec2_folded *folded,
                       const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width, groups = c->position_groups;
	uint16_t *packed = arena_halves(scratch, conv_grouped_bf16_packed(
		H, groups, c->position_taps));

	conv_grouped_bf16_pack_back(packed, folded->position, rows->space, H,
	                            groups, c->position_taps);
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * H;

		conv_grouped_bf16_backward(
			dp + at, dfolded->position, g->position_bias,
			dposition + at, k->p + at, packed, rows->space,
			rows->start[u + 1] - rows->start[u], H, groups,
			c->position_taps);
	}
}

/* dp [N,H] and dfolded from the gradient of the positional convolution. */
static void
position_backward(struct encoder_weights *g, struct wav2vec2_folded *dfolded,
                  float *dp, const float *dsum,
                  const struct wav2vec2_front_kept *k,
                  const struct wav2vec2_folded *folded,
                  const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width, n = rows->total * H;
	float *dposition = arena_zeros(scratch, n), *room;

	gelu_backward(dposition, dsum, k->position, n);
	if (rows->space) {
		position_backward_bf16(g, dfolded, dp, dposition, k, folded,
		                       rows, scratch);
		return;
	}
	room = arena_floats(scratch, scratch_size(rows));
	for (size_t u = 0; u < rows->count; u++) {
		size_t at = rows->start[u] * H;

		conv_grouped_backward(dp + at, dfolded->position,
		                      g->position_bias, room,
		                      dposition + at, k->p + at,
		                      folded->position, rows->start[u + 1] -
		                      rows->start[u], H, c->position_groups,
		                      c->position_taps);
	}
}

static void
project_backward(struct encoder_weights *g, float *dfeatures, const float *dp,
                 const struct wav2vec2_front_kept *k,
                 const struct encoder_weights *w,
                 const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t N = rows->total, C = features_width(c);
	float *dnormed = dfeatures;

	if (c->projection_norm)
		dnormed = arena_zeros(scratch, N * C);
	encoder_linear_backward(dnormed, false, &g->projection, dp, c->width,
	                        c->projection_norm ? k->normed : k->features,
	                        &w->projection, C, c->width, rows);
	if (!c->projection_norm)
		return;
	if (!dfeatures) /* the gains' gradient is wanted all the same */
		dfeatures = arena_zeros(scratch, N * C);
	layernorm_backward(dfeatures, g->projection_norm.gain,
	                   g->projection_norm.bias, dnormed, k->features,
	                   w->projection_norm.gain, k->mean, k->rstd, N, C);
}

void
wav2vec2_front_backward(struct encoder_weights *g,
                        struct wav2vec2_folded *dfolded, float *dfeatures,
                        float *dx, const struct wav2vec2_front_kept *k,
                        const struct encoder_weights *w,
                        const struct wav2vec2_folded *folded,
                        const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t N = rows->total, H = c->width;
	const float *dsum =
		encoder_undrop(dx, k->x_mask, c->dropout, N * H, scratch);
	float *dp = arena_zeros(scratch, N * H);

	if (!c->stable) {
		float *d = arena_zeros(scratch, N * H);

		layernorm_backward(d, g->norm.gain, g->norm.bias, dsum,
		                   k->sum, w->norm.gain, k->sum_mean,
		                   k->sum_rstd, N, H);
		dsum = d;
	}
	add_scaled(dp, 1, dsum, N * H);
	position_backward(g, dfolded, dp, dsum, k, folded, rows, scratch);
	mask_backward(g, dp, k, rows);
	project_backward(g, dfeatures,
	                 encoder_undrop(dp, k->projection_mask,
	                                c->projection_dropout, N * H, scratch),
	                 k, w, rows, scratch);
}
