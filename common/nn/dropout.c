#include <string.h>

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

/* One draw of 64 bits decides about four elements. */
void
dropout_mask(uint8_t *mask, struct rng *r, float p, size_t n)
{
	uint32_t least = threshold(p);
	uint64_t bits = 0;

	memset(mask, 1, n);
	for (size_t i = 0; i < n && least > 0; i++, bits >>= 16) {
		if (i % 4 == 0)
			bits = rng_next(r);
		mask[i] = (bits & 0xffff) >= least;
	}
}

VECTORISED static void
mask_scaled(float *y, const float *x, const uint8_t *mask,
            float factor, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		y[i] = mask[i] ? x[i] * factor : 0;
}

VECTORISED static void
add_mask_scaled(float *y, const float *x, const uint8_t *mask,
                float factor, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		y[i] += mask[i] ? x[i] * factor : 0;
}

void
dropout_forward(float *y, const float *x, const uint8_t *mask,
                float p, size_t n)
{
	mask_scaled(y, x, mask, scale(p), n);
}

void
dropout_backward(float *dx, const float *dy, const uint8_t *mask,
                 float p, size_t n)
{
	add_mask_scaled(dx, dy, mask, scale(p), n);
}
