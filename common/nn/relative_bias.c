#include <math.h>

#include "core/chunk.h"
#include "core/vector.h"
#include "nn/relative_bias.h"
#include "nn/vexp.h"

/* Outputs of the gate's linear layer that make one sum. */
enum { HALF = 4 };

/* In floats, as the models were trained: a double may round otherwise. */
size_t
relative_bucket(ptrdiff_t distance, size_t buckets, size_t farthest)
{
	size_t half = buckets / 2, exact = half / 2;
	size_t later = distance > 0 ? half : 0, near, bucket;
	float far;

	near = (size_t)(distance < 0 ? -distance : distance);
	if (near < exact)
		return later + near;
	far = logf((float)near / (float)exact);
	far /= (float)log((double)farthest / (double)exact);
	bucket = (size_t)((float)exact + far * (float)(half - exact));
	return later + (bucket < half ? bucket : half - 1);
}

void
relative_bias_forward(float *relative, const float *embed, size_t T,
                      size_t heads, size_t buckets, size_t farthest)
{
	size_t wide = 2 * T - 1;

	for (size_t i = 0; i < wide; i++) {
		size_t b = relative_bucket((ptrdiff_t)i - (ptrdiff_t)(T - 1),
		                           buckets, farthest);

		for (size_t h = 0; h < heads; h++)
			relative[h * wide + i] = embed[b * heads + h];
	}
}

VECTORISED void
relative_scores_add(float *score, const float *gate, size_t step,
                    const float *relative, size_t t, size_t rows, size_t T,
                    size_t ld)
{
	for (size_t i = 0; i < rows; i++, score += ld) {
		const float *r = relative - (t + i);
		float g = gate[i * step];

		#pragma omp simd
		for (size_t k = 0; k < T; k++)
			score[k] += g * r[k];
	}
}

void
relative_bias_backward(float *dembed, const float *drelative, size_t T,
                       size_t heads, size_t buckets, size_t farthest)
{
	size_t wide = 2 * T - 1;

	for (size_t i = 0; i < wide; i++) {
		size_t b = relative_bucket((ptrdiff_t)i - (ptrdiff_t)(T - 1),
		                           buckets, farthest);

		for (size_t h = 0; h < heads; h++)
			dembed[b * heads + h] += drelative[h * wide + i];
	}
}

/*
 * Of the linear layer's outputs only the sums of each half are used, a's and
 * b's, so its rows are added up before they meet x.
 */
static inline __attribute__((always_inline)) float
row_sum(const float *weight, size_t d, size_t D)
{
	return weight[d] + weight[D + d] + weight[2 * D + d]
		+ weight[3 * D + d];
}

static inline __attribute__((always_inline)) float
half_gate(const float *x, const float *weight, const float *bias, size_t D)
{
	float sum = 0;

	#pragma omp simd reduction(+:sum)
	for (size_t d = 0; d < D; d++)
		sum += x[d] * row_sum(weight, d, D);
	return vsigmoid(sum + bias[0] + bias[1] + bias[2] + bias[3]);
}

VECTORISED static void
gates(float *gate, const float *x, const float *weight, const float *bias,
      const float *scale, size_t rows, size_t D, size_t heads)
{
	for (size_t i = 0; i < rows * heads; i++, x += D) {
		float a = half_gate(x, weight, bias, D);
		float b = half_gate(x, weight + HALF * D, bias + HALF, D);

		gate[i] = a * (b * scale[i % heads] - 1) + 2;
	}
}

void
relative_gate_forward(float *gate, const float *x, const float *weight,
                      const float *bias, const float *scale,
                      size_t T, size_t C, size_t heads)
{
	size_t rows = chunk_rows(C);

	#pragma omp parallel for schedule(dynamic) if (chunk_worth(T * C))
	for (size_t t = 0; t < T; t += rows)
		gates(gate + t * heads, x + t * C, weight, bias, scale,
		      chunk_length(t, rows, T), C / heads, heads);
}

/* du is the gradient of the half's sum, so of each of its outputs. */
static inline __attribute__((always_inline)) void
half_backward(float *restrict dx, float *restrict dweight,
              float *restrict dbias, float du, const float *x,
              const float *weight, size_t D)
{
	for (size_t i = 0; i < HALF; i++)
		dbias[i] += du;
	#pragma omp simd
	for (size_t d = 0; d < D; d++) {
		float dw = du * x[d];

		dx[d] += du * row_sum(weight, d, D);
		dweight[d] += dw;
		dweight[D + d] += dw;
		dweight[2 * D + d] += dw;
		dweight[3 * D + d] += dw;
	}
}

VECTORISED void
relative_gate_backward(float *dx, float *dweight, float *dbias,
                       float *dscale, const float *dgate, const float *x,
                       const float *weight, const float *bias,
                       const float *scale,
                       size_t T, size_t C, size_t heads)
{
	size_t D = C / heads;

	for (size_t i = 0; i < T * heads; i++, x += D, dx += D) {
		size_t h = i % heads;
		float a = half_gate(x, weight, bias, D);
		float b = half_gate(x, weight + HALF * D, bias + HALF, D);
		float da = dgate[i] * (b * scale[h] - 1) * a * (1 - a);
		float db = dgate[i] * a * scale[h] * b * (1 - b);

		dscale[h] += dgate[i] * a * b;
		half_backward(dx, dweight, dbias, da, x, weight, D);
		half_backward(dx, dweight + HALF * D, dbias + HALF, db, x,
		              weight + HALF * D, D);
	}
}
