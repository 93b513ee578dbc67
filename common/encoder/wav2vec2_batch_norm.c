#include <math.h>

#include "encoder/wav2vec2_batch_norm.h"

static float
deviation_inverse(const struct encoder_weights *w, size_t i)
{
	return 1 / sqrtf(w->position_variance[i] + 1e-5f);
}

const float *
wav2vec2_batch_norm_forward(const float *x, const struct encoder_rows *rows,
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

void
wav2vec2_batch_norm_backward(struct encoder_weights *g, float *dx,
                             const float *dy, const float *x,
                             const struct encoder_rows *rows)
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
