#include <stdio.h>

#include "encoder/encoder.h"
#include "encoder/pass.h"
#include "gemm/gemm_bf16.h"
#include "nn/dropout.h"
#include "nn/layernorm.h"

size_t
encoder_rows_of(const struct encoder_rows *rows, size_t u)
{
	return rows->start[u + 1] - rows->start[u];
}

size_t
encoder_rows_longest(const struct encoder_rows *rows)
{
	size_t most = 0;

	for (size_t u = 0; u < rows->count; u++)
		if (encoder_rows_of(rows, u) > most)
			most = encoder_rows_of(rows, u);
	return most;
}

struct encoder_values
encoder_values_take(struct arena *arena, bool halves, size_t N, size_t width)
{
	struct encoder_values v = { .floats = NULL };

	if (halves)
		v.halves = arena_halves(arena, bf16_round_up(N) * width);
	else
		v.floats = arena_floats(arena, N * width);
	return v;
}

struct encoder_operand
encoder_operand_norm(const float *x, float *y, const struct encoder_norm *norm,
                     size_t width, const struct encoder_rows *rows,
                     struct arena *arena)
{
	size_t N = rows->total;

	return (struct encoder_operand){
		.y.floats = y ? y : arena_floats(arena, N * width),
		.x = x, .norm = norm, .width = width,
		.mean = arena_floats(arena, N), .rstd = arena_floats(arena, N)
	};
}

void
encoder_operand_settle(struct encoder_operand *o,
                       const struct encoder_rows *rows)
{
	if (o->norm && !o->settled)
		layernorm_forward(o->y.floats, o->mean, o->rstd, o->x,
		                  o->norm->gain, o->norm->bias, rows->total,
		                  o->width, rows->config->epsilon);
	o->settled = true;
}

void
encoder_operand_backward(float *dx, struct encoder_norm *g, const float *dy,
                         const struct encoder_operand *o,
                         const struct encoder_rows *rows)
{
	layernorm_backward(dx, g->gain, g->bias, dy, o->x, o->norm->gain,
	                   o->mean, o->rstd, rows->total, o->width);
}

struct rng
encoder_chance(const struct encoder_rows *rows, const char *part, size_t n)
{
	struct rng rng;
	char key[64];

	snprintf(key, sizeof key, "%lu.%s.%zu", rows->batch->step, part, n);
	rng_init_keyed(&rng, rows->batch->seed, key);
	return rng;
}

bool
encoder_drops(const struct encoder_rows *rows, float share)
{
	return rows->chance && share > 0;
}

uint8_t *
encoder_drop(float *x, size_t n, float share, const struct encoder_rows *rows,
             struct rng *rng, struct arena *arena)
{
	uint8_t *mask;

	if (!encoder_drops(rows, share))
		return NULL;
	mask = arena_take(arena, n, 1);
	dropout_mask(mask, rng, share, n);
	dropout_forward(x, x, mask, share, n);
	return mask;
}

const float *
encoder_undrop(const float *dy, const uint8_t *mask, float share, size_t n,
               struct arena *arena)
{
	float *dx;

	if (!mask)
		return dy;
	dx = arena_zeros(arena, n);
	dropout_backward(dx, dy, mask, share, n);
	return dx;
}
