#include <string.h>

#include "core/chunk.h"
#include "core/vector.h"
#include "nn/dropout.h"

/* An element is dropped when its 16 random bits are below this. */
static uint32_t
threshold(float p)
{
	return (uint32_t)(p * 65536 + 0.5f);
}

static float
scale(float p)
{
	return 65536 / (65536 - (float)threshold(p));
}

/*
 * One draw is a key of two halves; an element's bits are a hash of its place
 * and the key (Wellons' lowbias32, the second half stirred in midway).  Unlike
 * a draw per element this vectorises.
 */
VECTORISED static void
hash(uint8_t *mask, uint32_t first, uint32_t second, uint32_t least, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t h = first++;

		h = (h ^ h >> 16) * 0x7feb352d;
		h = (h ^ h >> 15 ^ second) * 0x846ca68b;
		mask[i] = ((h ^ h >> 16) & 0xffff) >= least;
	}
}

void
dropout_mask(uint8_t *mask, struct rng *r, float p, size_t n)
{
	uint32_t least = threshold(p);
	uint64_t key;

	if (least == 0) {
		memset(mask, 1, n);
		return;
	}
	key = rng_next(r);
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(n))
	for (size_t i = 0; i < n; i += CHUNK_FLOATS)
		hash(mask + i, (uint32_t)(key + i), (uint32_t)(key >> 32),
		     least, chunk_length(i, CHUNK_FLOATS, n));
}

VECTORISED static void
mask_scaled(float *y, const float *x, const uint8_t *mask,
            float factor, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		y[i] = x[i] * (factor * (float)mask[i]);
}

VECTORISED static void
add_mask_scaled(float *y, const float *x, const uint8_t *mask,
                float factor, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		y[i] += x[i] * (factor * (float)mask[i]);
}

void
dropout_forward(float *y, const float *x, const uint8_t *mask,
                float p, size_t n)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(n))
	for (size_t i = 0; i < n; i += CHUNK_FLOATS)
		mask_scaled(y + i, x + i, mask + i, scale(p),
		            chunk_length(i, CHUNK_FLOATS, n));
}

void
dropout_backward(float *dx, const float *dy, const uint8_t *mask,
                 float p, size_t n)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(n))
	for (size_t i = 0; i < n; i += CHUNK_FLOATS)
		add_mask_scaled(dx + i, dy + i, mask + i, scale(p),
		                chunk_length(i, CHUNK_FLOATS, n));
}
