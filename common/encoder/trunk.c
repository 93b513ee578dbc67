#include "encoder/encoder_bf16.h"
#include "encoder/trunk.h"
#include "nn/layernorm.h"
#include "nn/relative_bias.h"

void
encoder_rows_init(struct encoder_rows *rows, const struct encoder_config *c,
                  const struct encoder_batch *batch, struct arena *arena)
{
	size_t *start = arena_take(arena, batch->count + 1, sizeof *start);

	start[0] = 0;
	for (size_t u = 0; u < batch->count; u++)
		start[u + 1] = start[u] + encoder_rows(c, batch->samples[u]);
	*rows = (struct encoder_rows){
		.config = c, .start = start, .count = batch->count,
		.total = start[batch->count],
		.seed = batch->seed, .step = batch->step,
		.space = batch->space,
	};
}

void
encoder_relative_forward(struct encoder_rows *rows,
                         const struct encoder_weights *w, struct arena *arena)
{
	const struct encoder_config *c = rows->config;

	if (c->family != ENCODER_WAVLM)
		return;
	rows->relative = arena_take(arena, rows->count, sizeof(float *));
	for (size_t u = 0; u < rows->count; u++) {
		size_t T = rows->start[u + 1] - rows->start[u];

		rows->relative[u] = arena_floats(arena,
		                                 c->heads * (2 * T - 1));
		relative_bias_forward(rows->relative[u], w->distance, T,
		                      c->heads, c->buckets, c->distance);
	}
}

float *
encoder_encode(const struct encoder *n, const struct encoder_batch *batch,
               const struct encoder_rows *rows, struct arena *arena,
               struct arena *scratch)
{
	size_t C = n->config.conv_width[n->config.convs - 1];
	float *features = arena_floats(arena, rows->total * C);

	for (size_t u = 0; u < batch->count; u++) {
		float *out = features + rows->start[u] * C;

		arena_clear(scratch);
		if (batch->packed)
			encoder_bf16_features(out, n, batch->packed,
			                      batch->audio[u],
			                      batch->samples[u], scratch);
		else
			wav2vec2_convolutions_forward(
				out, NULL, batch->audio[u], batch->samples[u],
				&n->config, &n->weights, &n->folded, scratch);
	}
	arena_clear(scratch);
	return features;
}

void
encoder_last_norm(float *y, float *mean, float *rstd, const float *x,
                  const struct encoder *n, size_t N)
{
	layernorm_forward(y, mean, rstd, x, n->weights.norm.gain,
	                  n->weights.norm.bias, N, n->config.width,
	                  n->config.epsilon);
}
