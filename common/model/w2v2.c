#include <math.h>

#include "model/w2v2.h"
#include "model/w2v2_trunk.h"

void
w2v2_normalize(float *y, const float *x, size_t N)
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
w2v2_infer(const struct w2v2 *n, float *logits, float *embedding,
           const float *audio, size_t N, struct arena *arena)
{
	const struct w2v2_config *c = &n->config;
	const struct w2v2_batch batch = {
		.count = 1, .audio = &audio, .samples = &N
	};
	struct arena *scratch = arena_second(arena);
	struct w2v2_front_kept front;
	struct w2v2_head_kept head;
	struct w2v2_kept kept;
	struct w2v2_rows rows;
	float *x, *y, *stats;

	arena_clear(arena);
	w2v2_rows_init(&rows, c, &batch, arena);
	w2v2_relative_forward(&rows, &n->weights, arena);
	x = w2v2_encode(n, &batch, &rows, arena, scratch);
	y = arena_floats(arena, rows.total * c->width);
	w2v2_front_forward(y, &front, x, &n->weights, &n->folded, &rows,
	                   scratch);
	x = arena_floats(arena, rows.total * c->width);
	w2v2_head_begin(&head, &n->weights, &rows, arena);
	for (size_t i = 0; i < c->layers; i++) {
		float *swap = x;

		arena_clear(scratch);
		x = y;
		y = swap;
		w2v2_head_state(&head, i, x, &rows);
		w2v2_layer_forward(y, &kept, x, i, &n->weights.layer[i],
		                   &rows, scratch);
	}
	stats = arena_floats(arena, 2 * rows.total);
	if (c->stable)
		w2v2_last_norm(y, stats, stats + rows.total, y, n, rows.total);
	w2v2_head_state(&head, c->layers, y, &rows);
	w2v2_head_forward(logits, embedding, &head, &n->weights, &rows,
	                  arena);
	arena_clear(scratch);
	arena_clear(arena);
}
