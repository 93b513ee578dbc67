#include <string.h>

#include "core/half.h"
#include "encoder/encoder.h"
#include "encoder/products.h"
#include "encoder/wav2vec2_chain.h"
#include "encoder/wav2vec2_convolutions.h"
#include "encoder/wav2vec2_front.h"
#include "encoder/wav2vec2_position.h"
#include "nn/gelu.h"
#include "nn/residual.h"

/* How many spans, for a length that has room for at least one. */
static size_t
spans_count(size_t length, const struct encoder_masking *m, struct rng *rng)
{
	size_t starts = length - m->length + 1;
	float mean = m->share * (float)length / (float)m->length;
	size_t count = (size_t)(mean + rng_uniform(rng));

	if (count < m->least)
		count = m->least;
	if (count > length / m->length)
		count = length / m->length;
	return count < starts ? count : starts;
}

/*
 * hidden [length]: 1 where masked.  There are share * length / span spans,
 * rounded up or down by chance, at least m->least and at most as many as fit;
 * their starts are all different and they may overlap.  A length shorter than
 * one span is not masked.  SpecAugment (Park et al. 2019) as Hugging Face's
 * wav2vec 2.0 does it: spans of rows become a trained vector, spans of
 * channels zeros.
 */
static void
mask_spans(uint8_t *hidden, size_t length, const struct encoder_masking *m,
           struct rng *rng)
{
	size_t starts, left;

	memset(hidden, 0, length);
	if (m->share <= 0 || m->length < 1 || length < m->length)
		return;
	left = spans_count(length, m, rng);
	starts = length - m->length + 1;
	/* each start is taken with the chance that keeps the count exact
	   (Knuth, volume 2, algorithm 3.4.2 S) */
	for (size_t at = 0; at < starts && left > 0; at++) {
		if (rng_below(rng, starts - at) >= left)
			continue;
		memset(hidden + at, 1, m->length);
		left--;
	}
}

static size_t
features_width(const struct encoder_config *c)
{
	return c->conv_width[c->convs - 1];
}

static struct encoder_matrix
projection_of(const struct encoder_rows *rows)
{
	static const struct encoder_packed_matrix none = { .weight = NULL };
	const struct encoder_config *c = rows->config;

	return (struct encoder_matrix){
		&rows->weights->projection,
		rows->packed ? &rows->packed->projection : &none,
		features_width(c), c->width
	};
}

/* A norm reads floats: in room, where the features are halves. */
static const float *
features_floats(const struct encoder_values *features, size_t n, float *room)
{
	if (features->floats)
		return features->floats;
	for (size_t i = 0; i < n; i++)
		room[i] = bfloat_to_float(features->halves[i]);
	return room;
}

/* What the projection multiplies: the features, or their norm. */
static struct encoder_operand
features_operand(const struct encoder_values *features,
                 const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t C = features_width(c), count = rows->total * C;
	float *y;

	if (!c->projection_norm)
		return (struct encoder_operand){ .y = *features, .width = C };
	y = arena_floats(arena, count);
	return encoder_operand_norm(features_floats(features, count, y), y,
	                            &rows->weights->projection_norm, C, rows,
	                            arena);
}

/* k->p = linear(norm(features)), then dropout and masks. */
static void
project(struct wav2vec2_front_kept *k, const struct encoder_values *features,
        const struct encoder_rows *rows, struct rng *rng, struct arena *arena)
{
	const struct encoder_matrix m = projection_of(rows);
	struct encoder_result result = { .gelu = false };
	size_t count = rows->total * m.O;

	k->features = features_operand(features, rows, arena);
	k->p = arena_floats(arena, count);
	result.y.floats = k->p;
	rows->products->linear(&result, &k->features, &m, rows, arena);
	k->projection_mask = encoder_drop(k->p, count,
	                                  rows->config->projection_dropout,
	                                  rows, rng, arena);
}

/* Hides rows and channels of p, of each utterance in turn. */
static void
mask_forward(struct wav2vec2_front_kept *k, const struct encoder_rows *rows,
             struct arena *arena)
{
	const float *mask = rows->weights->mask;
	const struct encoder_config *c = rows->config;
	size_t H = c->width;
	struct rng rng = encoder_chance(rows, "mask", 0);

	if (!rows->chance || !c->augment || !mask)
		return;
	k->hidden_rows = arena_take(arena, rows->total, 1);
	k->hidden_channels = arena_take(arena, rows->count * H, 1);
	for (size_t u = 0; u < rows->count; u++) {
		size_t from = rows->start[u], to = rows->start[u + 1];
		uint8_t *channels = k->hidden_channels + u * H;

		mask_spans(k->hidden_rows + from, to - from,
		                   &c->time_mask, &rng);
		mask_spans(channels, H, &c->feature_mask, &rng);
		for (size_t t = from; t < to; t++) {
			float *p = k->p + t * H;

			if (k->hidden_rows[t])
				memcpy(p, mask, H * sizeof *p);
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

/*
 * x = norm(sum).  Without training the first layer computes it, into a buffer
 * of its own; otherwise dropout needs it now.
 */
static void
stream_begin(struct encoder_stream *stream, struct wav2vec2_front_kept *k,
             float *sum, const struct encoder_rows *rows, struct rng *rng,
             struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width, count = rows->total * H;

	*stream = (struct encoder_stream){
		.x = { .y.floats = sum, .width = H }
	};
	if (!c->stable)
		stream->x = encoder_operand_norm(sum, NULL,
		                                 &rows->weights->norm, H, rows,
		                                 arena);
	if (!rows->training) {
		stream->next = c->stable ? arena_floats(arena, count) : sum;
		return;
	}
	encoder_operand_settle(&stream->x, rows);
	k->x = stream->x;
	k->x_mask = encoder_drop(stream->x.y.floats, count, c->dropout, rows,
	                         rng, arena);
}

static void *
front_forward(struct encoder_stream *stream, const struct encoder_rows *rows,
              struct arena *arena, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	struct arena *keep = rows->training ? arena : scratch;
	struct wav2vec2_front_kept *k = arena_take(arena, 1, sizeof *k);
	struct rng rng = encoder_chance(rows, "front", 0);
	struct encoder_values features =
		encoder_values_take(arena, rows->products->halves,
		                    rows->total, features_width(c));
	float *sum = arena_floats(arena, rows->total * c->width);

	*k = (struct wav2vec2_front_kept){ .p = NULL };
	rows->products->convolutions(&features, rows, scratch);
	project(k, &features, rows, &rng, keep);
	mask_forward(k, rows, keep);
	if (wav2vec2_position_chained(c))
		wav2vec2_chain_forward(sum, k, rows, keep);
	else
		rows->products->position(sum, k, rows, keep);
	stream_begin(stream, k, sum, rows, &rng, arena);
	return k;
}

static void
project_backward(struct encoder_weights *g, float *dfeatures, const float *dp,
                 const struct wav2vec2_front_kept *k,
                 const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_matrix m = projection_of(rows);
	bool normed = rows->config->projection_norm;
	float *dnormed = dfeatures;

	if (normed)
		dnormed = arena_zeros(scratch, rows->total * m.I);
	rows->products->linear_backward(dnormed, false, &g->projection, dp,
	                                m.O, &k->features.y, &m, rows);
	if (!normed)
		return;
	if (!dfeatures) /* the gain's gradient is needed all the same */
		dfeatures = arena_zeros(scratch, rows->total * m.I);
	encoder_operand_backward(dfeatures, &g->projection_norm, dnormed,
	                         &k->features, rows);
}

/* The convolutions once more, now with what backward needs. */
static void
convolutions_back(struct encoder_weights *g, struct encoder_folded *dfolded,
                  float *dfeatures, const struct encoder_rows *rows,
                  struct arena *scratch)
{
	const struct encoder_batch *batch = rows->batch;
	size_t C = features_width(rows->config);
	struct wav2vec2_conv_kept kept[ENCODER_CONVS_MAX];

	for (size_t u = 0; u < rows->count; u++) {
		float *y;

		arena_clear(scratch);
		y = arena_floats(scratch, encoder_rows_of(rows, u) * C);
		wav2vec2_convolutions_forward(y, kept, rows->network, NULL,
		                              batch->input[u],
		                              batch->lengths[u], scratch);
		wav2vec2_convolutions_backward(
			g, dfolded, dfeatures + rows->start[u] * C, kept,
			rows->network, scratch);
	}
}

/* dp [N,H], from the gradient of x. */
static float *
position_back(struct encoder_weights *g, struct encoder_folded *dfolded,
              const float *dx, const struct wav2vec2_front_kept *k,
              const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t count = rows->total * c->width;
	const float *dsum =
		encoder_undrop(dx, k->x_mask, c->dropout, count, scratch);
	float *dp = arena_zeros(scratch, count), *dposition;

	if (!c->stable) {
		float *d = arena_zeros(scratch, count);

		encoder_operand_backward(d, &g->norm, dsum, &k->x, rows);
		dsum = d;
	}
	add_scaled(dp, 1, dsum, count);
	if (k->chain) {
		wav2vec2_chain_backward(g, dfolded, dp, dsum, k, rows,
		                        scratch);
		return dp;
	}
	dposition = arena_zeros(scratch, count);
	gelu_backward(dposition, dsum, k->position, count);
	rows->products->position_backward(g, dfolded, dp, dposition, k,
	                                  rows, scratch);
	return dp;
}

static void
front_backward(struct encoder_weights *g, struct encoder_folded *dfolded,
               float *dx, const void *kept, const struct encoder_rows *rows,
               struct arena *arena, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	const struct wav2vec2_front_kept *k = kept;
	float *dp, *dfeatures = NULL;

	if (rows->batch->unfreeze)
		dfeatures = arena_zeros(arena,
		                        rows->total * features_width(c));
	dp = position_back(g, dfolded, dx, k, rows, scratch);
	mask_backward(g, dp, k, rows);
	project_backward(g, dfeatures,
	                 encoder_undrop(dp, k->projection_mask,
	                                c->projection_dropout,
	                                rows->total * c->width, scratch),
	                 k, rows, scratch);
	if (rows->batch->unfreeze)
		convolutions_back(g, dfolded, dfeatures, rows, scratch);
}

const struct encoder_front wav2vec2_front = {
	.forward = front_forward, .backward = front_backward
};
