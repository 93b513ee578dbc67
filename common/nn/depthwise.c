#include <string.h>

#include "core/vector.h"
#include "nn/depthwise.h"

/*
 * Channels are taken LANES at a time and results ROWS at a time: sums stay
 * in registers, and what is loaded serves several rows.
 */
enum { LANES = 16, ROWS = 4 };

/* y[r] += sum_i w[i * step] x[i + r]  over n rows i, for lanes channels. */
static inline __attribute__((always_inline)) void
correlate_block(float *restrict y, const float *restrict x,
                const float *restrict w, ptrdiff_t step,
                ptrdiff_t n, size_t C, size_t rows, size_t lanes)
{
	float sum[ROWS][LANES];

	for (size_t r = 0; r < rows; r++)
		for (size_t l = 0; l < lanes; l++)
			sum[r][l] = y[r * C + l];
	for (ptrdiff_t i = 0; i < n; i++, x += C, w += step)
		for (size_t r = 0; r < rows; r++)
			for (size_t l = 0; l < lanes; l++)
				sum[r][l] += w[l] * x[r * C + l];
	for (size_t r = 0; r < rows; r++)
		for (size_t l = 0; l < lanes; l++)
			y[r * C + l] = sum[r][l];
}

/* The same over all channels. */
static inline __attribute__((always_inline)) void
correlate_rows(float *y, const float *x, const float *w, ptrdiff_t step,
               ptrdiff_t n, size_t C, size_t rows)
{
	size_t c = 0;

	if (n <= 0)
		return;
	for (; c + LANES <= C; c += LANES)
		correlate_block(y + c, x + c, w + c, step, n, C, rows, LANES);
	if (c < C)
		correlate_block(y + c, x + c, w + c, step, n, C, rows, C - c);
}

static inline ptrdiff_t
clip(ptrdiff_t i, ptrdiff_t low, ptrdiff_t high)
{
	return i < low ? low : i > high ? high : i;
}

/*
 * y[r] += sum_i w[i * step] x[i + r - half]  for 0 <= r < R, 0 <= i < K,
 * where x is zero outside its T rows; every row is C channels.
 *
 * Row r needs i from half - r to T + half - r.  ROWS rows are summed together
 * over what they have in common, then each over what it has before and after.
 */
VECTORISED static void
correlate(float *y, ptrdiff_t R, const float *x, ptrdiff_t T,
          const float *w, ptrdiff_t step, ptrdiff_t K,
          ptrdiff_t half, ptrdiff_t C)
{
	ptrdiff_t r = 0;

	for (; r + ROWS <= R; r += ROWS) {
		ptrdiff_t first = clip(half - r, 0, K);
		ptrdiff_t last = clip(T + half - r - (ROWS - 1), first, K);

		correlate_rows(y + r * C, x + (first + r - half) * C,
		               w + first * step, step, last - first,
		               (size_t)C, ROWS);
		for (ptrdiff_t q = r; q < r + ROWS; q++) {
			ptrdiff_t from = clip(half - q, 0, K);
			ptrdiff_t to = clip(T + half - q, from, K);
			ptrdiff_t next = clip(last, from, to);

			correlate_rows(y + q * C, x + (from + q - half) * C,
			               w + from * step, step,
			               clip(first, from, to) - from,
			               (size_t)C, 1);
			correlate_rows(y + q * C, x + (next + q - half) * C,
			               w + next * step, step, to - next,
			               (size_t)C, 1);
		}
	}
	for (; r < R; r++) {
		ptrdiff_t from = clip(half - r, 0, K);
		ptrdiff_t to = clip(T + half - r, from, K);

		correlate_rows(y + r * C, x + (from + r - half) * C,
		               w + from * step, step, to - from, (size_t)C, 1);
	}
}

void
depthwise_forward(float *y, const float *x,
                  const float *weight, const float *bias,
                  size_t T, size_t C, size_t k)
{
	memset(y, 0, T * C * sizeof *y);
	if (bias)
		for (size_t t = 0; t < T; t++)
			memcpy(y + t * C, bias, C * sizeof *y);
	correlate(y, (ptrdiff_t)T, x, (ptrdiff_t)T,
	          weight, (ptrdiff_t)C, (ptrdiff_t)k,
	          (ptrdiff_t)(k / 2), (ptrdiff_t)C);
}

VECTORISED static void
add_rows(float *sum, const float *x, size_t T, size_t C)
{
	for (size_t t = 0; t < T; t++)
		#pragma omp simd
		for (size_t c = 0; c < C; c++)
			sum[c] += x[t * C + c];
}

/*
 * dx is dy correlated with the taps in reverse order; dweight is x
 * correlated with dy, whose T rows take the place of the taps.
 */
void
depthwise_backward(float *dx, float *dweight, float *dbias,
                   const float *dy, const float *x, const float *weight,
                   size_t T, size_t C, size_t k)
{
	ptrdiff_t rows = (ptrdiff_t)T, channels = (ptrdiff_t)C;
	ptrdiff_t taps = (ptrdiff_t)k;

	if (dx)
		correlate(dx, rows, dy, rows, weight + (k - 1) * C, -channels,
		          taps, taps / 2, channels);
	if (dweight)
		correlate(dweight, taps, x, rows, dy, channels,
		          rows, taps / 2, channels);
	if (dbias)
		add_rows(dbias, dy, T, C);
}
