#include <string.h>

#include "core/chunk.h"
#include "core/vector.h"
#include "gemm/gemm.h"
#include "gemm/gemm_panel.h"
#include "nn/conv1d.h"
#include "nn/linear.h"

/*
 * The direct way, up to DIRECT products to a sum: results are taken LANES
 * channels and ROWS rows at a time, and so many chunks of them by a thread.
 */
enum {
	DIRECT = 16, DIRECT_CHUNKS = 8,
	ROWS = 4, VECTORS = 2, LANES = VECTORS * FLOATS
};

/*
 * Time-major rows make x a matrix of windows as it stands, stride * I floats
 * from one window to the next, so nothing is copied.  Windows longer than
 * that overlap, which no BLAS takes; but any stride taps in a row are just as
 * long as the step and tile x.  Taking taps in such groups gives
 * ceil(k / stride) GEMMs on views of x, dx and weight.
 */

size_t
conv1d_rows(size_t T, size_t k, size_t stride)
{
	return T < k ? 0 : (T - k) / stride + 1;
}

static size_t
taps_at(size_t j, size_t k, size_t stride)
{
	return k - j < stride ? k - j : stride;
}

/*
 * y[r] = start + sum_i w[i] x[r * step + i]  for LANES channels, rows ldy
 * floats apart.
 */
static inline __attribute__((always_inline)) void
direct_block(float *y, size_t ldy, const float *x, size_t step,
             const float *w, size_t n, const float *start, size_t rows)
{
	floats sum[ROWS][VECTORS];

	for (size_t r = 0; r < rows; r++)
		for (size_t v = 0; v < VECTORS; v++)
			sum[r][v] = *(const floats *)(start + v * FLOATS);
	for (size_t i = 0; i < n; i++, w += LANES)
		for (size_t v = 0; v < VECTORS; v++) {
			floats tap = *(const floats *)(w + v * FLOATS);

			for (size_t r = 0; r < rows; r++)
				sum[r][v] += tap * x[r * step + i];
		}
	for (size_t r = 0; r < rows; r++)
		for (size_t v = 0; v < VECTORS; v++)
			*(floats *)(y + r * ldy + v * FLOATS) = sum[r][v];
}

static inline __attribute__((always_inline)) void
direct_panel(float *y, size_t ldy, const float *x, size_t step,
             const float *w, size_t n, const float *start, size_t rows)
{
	size_t r = 0;

	for (; r + ROWS <= rows; r += ROWS)
		direct_block(y + r * ldy, ldy, x + r * step, step, w, n,
		             start, ROWS);
	for (; r < rows; r++)
		direct_block(y + r * ldy, ldy, x + r * step, step, w, n,
		             start, 1);
}

/* The last few channels, by way of a row that holds LANES. */
static inline __attribute__((always_inline)) void
direct_rest(float *y, size_t ldy, const float *x, size_t step,
            const float *w, size_t n, const float *start, size_t rows,
            size_t lanes)
{
	float row[LANES];

	for (size_t r = 0; r < rows; r++) {
		direct_block(row, LANES, x + r * step, step, w, n, start, 1);
		memcpy(y + r * ldy, row, lanes * sizeof *y);
	}
}

VECTORISED static void
direct_rows(float *y, const float *x, const float *weight, const float *bias,
            size_t rows, size_t O, size_t n, size_t step)
{
	float w[DIRECT * LANES] = { 0 }, start[LANES] = { 0 };

	for (size_t o = 0; o < O; o += LANES) {
		size_t lanes = chunk_length(o, LANES, O);

		for (size_t l = 0; l < lanes; l++) {
			for (size_t i = 0; i < n; i++)
				w[i * LANES + l] = weight[(o + l) * n + i];
			start[l] = bias ? bias[o + l] : 0;
		}
		if (lanes == LANES)
			direct_panel(y + o, O, x, step, w, n, start, rows);
		else
			direct_rest(y + o, O, x, step, w, n, start, rows,
			            lanes);
	}
}

/*
 * Sums of a few products, as over bare samples, are too short for a GEMM:
 * the time goes into writing y.  weight [O,n]; x's windows are step apart.
 */
static void
direct_forward(float *y, const float *x, const float *weight,
               const float *bias, size_t rows, size_t O, size_t n,
               size_t step)
{
	size_t chunk = DIRECT_CHUNKS * chunk_rows(O);

	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth(rows * O))
	for (size_t t = 0; t < rows; t += chunk)
		direct_rows(y + t * O, x + t * step, weight, bias,
		            chunk_length(t, chunk, rows), O, n, step);
}

void
conv1d_forward(float *y, const float *x,
               const float *weight, const float *bias,
               size_t T, size_t I, size_t O, size_t k, size_t stride)
{
	size_t rows = conv1d_rows(T, k, stride);
	struct gemm_cut cut = gemm_cut(rows, O, k * I);

	if (k * I <= DIRECT) {
		direct_forward(y, x, weight, bias, rows, O, k * I, stride * I);
		return;
	}
	if (gemm_panel(y, O, x, stride * I, weight, bias, rows, O, k * I))
		return;
	#pragma omp parallel for schedule(dynamic) if (cut.tiles > 1)
	for (size_t i = 0; i < cut.tiles; i++) {
		struct gemm_tile t = gemm_tile(&cut, i);
		float *tile = y + t.m * O + t.n;

		for (size_t m = 0; bias && m < t.rows; m++)
			memcpy(tile + m * O, bias + t.n,
			       t.columns * sizeof *tile);
		for (size_t j = 0; j < k; j += stride)
			gemm(GEMM_PLAIN, GEMM_TRANSPOSED, t.rows, t.columns,
			     taps_at(j, k, stride) * I,
			     1, x + (t.m * stride + j) * I, stride * I,
			     weight + (t.n * k + j) * I, k * I,
			     bias || j > 0 ? 1 : 0, tile, O);
	}
}

void
conv1d_backward(float *dx, float *dweight, float *dbias,
                const float *dy, const float *x, const float *weight,
                size_t T, size_t I, size_t O, size_t k, size_t stride)
{
	size_t rows = conv1d_rows(T, k, stride);

	for (size_t j = 0; j < k; j += stride) {
		size_t wide = taps_at(j, k, stride) * I;

		if (dx)
			gemm_wide(GEMM_PLAIN, GEMM_PLAIN, rows, wide, O,
			          1, dy, O, weight + j * I, k * I,
			          1, dx + j * I, stride * I);
		if (dweight)
			gemm_wide(GEMM_TRANSPOSED, GEMM_PLAIN, O, wide, rows,
			          1, dy, O, x + j * I, stride * I,
			          1, dweight + j * I, k * I);
	}
	linear_backward(NULL, 0, NULL, dbias, dy, NULL, 0, NULL, rows, 0, O);
}
