/*
 * row_max.h - the largest of a row, for softmax
 */
#ifndef ROW_MAX_H
#define ROW_MAX_H

#include <math.h>
#include <stddef.h>

/*
 * Of x [C]; -INFINITY of none.  NaN is never the largest.  By lanes, since
 * Clang does not vectorise a maximum.
 */
static inline float
row_max(const float *x, size_t C)
{
	enum { LANES = 16 };
	float lane[LANES], max = -INFINITY;
	size_t c = 0;

	for (size_t l = 0; l < LANES; l++)
		lane[l] = -INFINITY;
	for (; c + LANES <= C; c += LANES) {
		#pragma omp simd
		for (size_t l = 0; l < LANES; l++)
			lane[l] = x[c + l] > lane[l] ? x[c + l] : lane[l];
	}
	for (; c < C; c++)
		max = x[c] > max ? x[c] : max;
	for (size_t l = 0; l < LANES; l++)
		max = lane[l] > max ? lane[l] : max;
	return max;
}

#endif
