#include "core/half.h"
#include "encoder/encoder.h"
#include "encoder/packed.h"
#include "encoder/wav2vec2_convolutions.h"
#include "nn/conv1d.h"
#include "nn/gelu.h"
#include "nn/groupnorm.h"
#include "nn/layernorm.h"

enum norm_kind { NORM_NONE, NORM_TIME, NORM_CHANNELS };

static const float conv_epsilon = 1e-5f; /* PyTorch's, whatever the model's */

static enum norm_kind
norm_kind(const struct encoder_config *c, size_t layer)
{
	if (c->conv_layer_norm)
		return NORM_CHANNELS;
	return layer == 0 ? NORM_TIME : NORM_NONE;
}

/* normed may be z.  mean and rstd are taken from the arena. */
static void
norm_forward(float *normed, struct wav2vec2_conv_kept *k, enum norm_kind kind,
             const struct encoder_norm *w, size_t O, struct arena *arena)
{
	size_t count = kind == NORM_TIME ? O : k->rows;

	if (kind == NORM_NONE)
		return;
	k->mean = arena_floats(arena, count);
	k->rstd = arena_floats(arena, count);
	if (kind == NORM_TIME)
		groupnorm_forward(normed, k->mean, k->rstd, k->z, w->gain,
		                  w->bias, k->rows, O, conv_epsilon);
	else
		layernorm_forward(normed, k->mean, k->rstd, k->z, w->gain,
		                  w->bias, k->rows, O, conv_epsilon);
}

void
wav2vec2_convolutions_forward(float *features, struct wav2vec2_conv_kept *kept,
                              const struct encoder *n,
                              const struct encoder_packed *int8,
                              const float *audio, size_t N,
                              struct arena *arena)
{
	const struct encoder_config *c = &n->config;
	const struct encoder_weights *w = &n->weights;
	struct wav2vec2_conv_kept k = { .x = audio, .T = N };

	for (size_t i = 0; i < c->convs; i++) {
		size_t O = c->conv_width[i], I = encoder_conv_inputs(c, i);
		enum norm_kind kind = norm_kind(c, i);
		float *y;

		k.rows = conv1d_rows(k.T, c->conv_taps[i], c->conv_stride[i]);
		k.z = arena_floats(arena, k.rows * O);
		if (!encoder_convolve_int8(k.z, int8, i, k.x, k.T,
		                           c->conv_taps[i],
		                           c->conv_stride[i],
		                           w->conv[i].conv.bias, arena))
			conv1d_forward(k.z, k.x, n->folded.conv[i],
			               w->conv[i].conv.bias, k.T, I, O,
			               c->conv_taps[i], c->conv_stride[i]);
		k.normed = kept && kind != NORM_NONE
			? arena_floats(arena, k.rows * O) : k.z;
		norm_forward(k.normed, &k, kind, &w->conv[i].norm, O, arena);
		y = i + 1 == c->convs ? features
			: kept ? arena_floats(arena, k.rows * O) : k.z;
		gelu_forward(y, k.normed, k.rows * O);
		if (kept)
			kept[i] = k;
		k = (struct wav2vec2_conv_kept){ .x = y, .T = k.rows };
	}
}

/* One utterance, by convolutions that were packed for training. */
static void
rounded_forward(float *features, const struct encoder_rows *rows, size_t u,
                size_t count, struct arena *scratch)
{
	const struct encoder_batch *batch = rows->batch;
	uint16_t *halves = arena_halves(scratch, count);

	wav2vec2_convolutions_halves(halves, rows->network, batch->packed,
	                             batch->input[u], batch->lengths[u],
	                             scratch);
	for (size_t i = 0; i < count; i++)
		features[i] = bfloat_to_float(halves[i]);
}

void
wav2vec2_convolutions_plain(const struct encoder_values *features,
                            const struct encoder_rows *rows,
                            struct arena *scratch)
{
	const struct encoder_batch *batch = rows->batch;
	const struct encoder *n = rows->network;
	size_t C = n->config.conv_width[n->config.convs - 1];

	for (size_t u = 0; u < batch->count; u++) {
		float *y = features->floats + rows->start[u] * C;

		arena_clear(scratch);
		if (batch->packed && batch->packed->unit)
			rounded_forward(y, rows, u, encoder_rows_of(rows, u) *
			                C, scratch);
		else
			wav2vec2_convolutions_forward(
				y, NULL, n, rows->packed, batch->input[u],
				batch->lengths[u], scratch);
	}
	arena_clear(scratch);
}

/* Returns dz: before the norm. */
static float *
norm_backward(struct encoder_norm *g, float *dnormed,
              const struct wav2vec2_conv_kept *k, enum norm_kind kind,
              const struct encoder_norm *w, size_t O, struct arena *scratch)
{
	float *dz;

	if (kind == NORM_NONE)
		return dnormed;
	dz = arena_zeros(scratch, k->rows * O);
	if (kind == NORM_TIME)
		groupnorm_backward(dz, g->gain, g->bias, dnormed, k->z,
		                   w->gain, k->mean, k->rstd, k->rows, O);
	else
		layernorm_backward(dz, g->gain, g->bias, dnormed, k->z,
		                   w->gain, k->mean, k->rstd, k->rows, O);
	return dz;
}

void
wav2vec2_convolutions_backward(
	struct encoder_weights *gradient, struct encoder_folded *dfolded,
	float *dfeatures, const struct wav2vec2_conv_kept *kept,
	const struct encoder *n, struct arena *scratch)
{
	const struct encoder_config *c = &n->config;
	float *dy = dfeatures;

	for (size_t i = c->convs; i-- > 0;) {
		const struct wav2vec2_conv_kept *k = &kept[i];
		size_t O = c->conv_width[i], I = encoder_conv_inputs(c, i);
		float *dnormed = arena_zeros(scratch, k->rows * O), *dz, *dx;

		gelu_backward(dnormed, dy, k->normed, k->rows * O);
		dz = norm_backward(&gradient->conv[i].norm, dnormed, k,
		                   norm_kind(c, i), &n->weights.conv[i].norm, O,
		                   scratch);
		dx = i ? arena_zeros(scratch, k->T * I) : NULL;
		conv1d_backward(dx, dfolded->conv[i],
		                gradient->conv[i].conv.bias, dz, k->x,
		                n->folded.conv[i], k->T, I, O, c->conv_taps[i],
		                c->conv_stride[i]);
		dy = dx;
	}
}
