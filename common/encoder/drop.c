#include <stdio.h>

#include "encoder/drop.h"
#include "encoder/encoder.h"
#include "nn/dropout.h"

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
