#include <math.h>

#include "core/chunk.h"
#include "core/vector.h"
#include "nn/softmax.h"
#include "nn/vexp.h"

VECTORISED static void
forward(float *y, const float *x, size_t N, size_t C)
{
	for (size_t n = 0; n < N; n++, x += C, y += C) {
		float max = row_max(x, C), sum = 0; /* meets a NaN */

		#pragma omp simd reduction(+:sum)
		for (size_t c = 0; c < C; c++) {
			float e = vexp(x[c] - max);

			y[c] = e;
			sum += e;
		}
		sum = 1 / sum;
		#pragma omp simd
		for (size_t c = 0; c < C; c++)
			y[c] *= sum;
	}
}

void
softmax_forward(float *y, const float *x, size_t N, size_t C)
{
	size_t rows = chunk_rows(C);

	if (!chunk_worth(N * C)) {
		forward(y, x, N, C);
		return;
	}
	#pragma omp parallel for schedule(dynamic)
	for (size_t n = 0; n < N; n += rows)
		forward(y + n * C, x + n * C, chunk_length(n, rows, N), C);
}

VECTORISED void
log_softmax_forward(float *y, const float *x, size_t N, size_t C)
{
	for (size_t n = 0; n < N; n++, x += C, y += C) {
		float max = row_max(x, C), sum = 0, log_sum;

		#pragma omp simd reduction(+:sum)
		for (size_t c = 0; c < C; c++)
			sum += vexp(x[c] - max);
		log_sum = logf(sum);
		#pragma omp simd
		for (size_t c = 0; c < C; c++)
			y[c] = x[c] - max - log_sum;
	}
}

VECTORISED void
softmax_backward(float *dx, const float *dy, const float *y,
                 size_t N, size_t C)
{
	float keep = dx == dy ? 0 : 1;

	for (size_t n = 0; n < N; n++, dx += C, dy += C, y += C) {
		float dot = 0;

		#pragma omp simd reduction(+:dot)
		for (size_t c = 0; c < C; c++)
			dot += dy[c] * y[c];
		#pragma omp simd
		for (size_t c = 0; c < C; c++)
			dx[c] = keep * dx[c] + y[c] * (dy[c] - dot);
	}
}
