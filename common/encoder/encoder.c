#include <math.h>

#include "encoder/encoder.h"
#include "encoder/trunk.h"

void
encoder_normalize(float *y, const float *x, size_t N)
{
	double sum = 0, squares = 0, mean, scale;

	for (size_t i = 0; i < N; i++)
		sum += (double)x[i];
	mean = sum / (double)N;
	for (size_t i = 0; i < N; i++)
		squares += ((double)x[i] - mean) * ((double)x[i] - mean);
	scale = 1 / sqrt(squares / (double)N + 1e-7);
	for (size_t i = 0; i < N; i++)
		y[i] = (float)(((double)x[i] - mean) * scale);
}

void
encoder_infer(const struct encoder *n, float *logits, float *embedding,
              const float *audio, size_t N, struct arena *arena)
{
	const struct encoder_config *c = &n->config;
	const struct encoder_batch batch = {
		.count = 1, .audio = &audio, .samples = &N
	};
	struct arena *scratch = arena_second(arena);
	struct wav2vec2_front_kept front;
	struct encoder_head_kept head;
	struct encoder_kept kept;
	struct encoder_rows rows;
	float *x, *y, *stats;

	arena_clear(arena);
	encoder_rows_init(&rows, c, &batch, arena);
	encoder_relative_forward(&rows, &n->weights, arena);
	x = encoder_encode(n, &batch, &rows, arena, scratch);
	y = arena_floats(arena, rows.total * c->width);
	wav2vec2_front_forward(y, &front, x, &n->weights, &n->folded, &rows,
	                       scratch);
	x = arena_floats(arena, rows.total * c->width);
	encoder_head_begin(&head, &n->weights, &rows, arena);
	for (size_t i = 0; i < c->layers; i++) {
		float *swap = x;

		arena_clear(scratch);
		x = y;
		y = swap;
		encoder_head_state(&head, i, x, &rows);
		encoder_layer_forward(y, &kept, x, i, &n->weights.layer[i],
		                      &rows, scratch);
	}
	stats = arena_floats(arena, 2 * rows.total);
	if (c->stable)
		encoder_last_norm(y, stats, stats + rows.total, y, n,
		                  rows.total);
	encoder_head_state(&head, c->layers, y, &rows);
	encoder_head_forward(logits, embedding, &head, &n->weights, &rows,
	                     arena);
	arena_clear(scratch);
	arena_clear(arena);
}
