#include <math.h>

#include "nn/chunk.h"
#include "nn/relative_bias.h"
#include "nn/vexp.h"

enum { PARTS = 4, GATES = 2 * PARTS };

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

/* half 0 is a, 1 is b. */
static float
half_gate(const float *x, const float *weight, const float *bias,
          size_t half, size_t D)
{
	float sum = 0;

	for (size_t i = half * PARTS; i < (half + 1) * PARTS; i++) {
		sum += bias[i];
		for (size_t d = 0; d < D; d++)
			sum += weight[i * D + d] * x[d];
	}
	return vsigmoid(sum);
}

void
relative_gate_forward(float *gate, const float *x, const float *weight,
                      const float *bias, const float *scale,
                      size_t T, size_t C, size_t heads)
{
	size_t D = C / heads;

	for (size_t i = 0; i < T * heads; i++) {
		float a = half_gate(x + i * D, weight, bias, 0, D);
		float b = half_gate(x + i * D, weight, bias, 1, D);

		gate[i] = a * (b * scale[i % heads] - 1) + 2;
	}
}

/* du is the gradient of each of the half's sums, which are all alike. */
static void
half_backward(float *dx, float *dweight, float *dbias, float du,
              const float *x, const float *weight, size_t half, size_t D)
{
	for (size_t i = half * PARTS; i < (half + 1) * PARTS; i++) {
		dbias[i] += du;
		for (size_t d = 0; d < D; d++) {
			dweight[i * D + d] += du * x[d];
			dx[d] += du * weight[i * D + d];
		}
	}
}

void
relative_gate_backward(float *dx, float *dweight, float *dbias,
                       float *dscale, const float *dgate, const float *x,
                       const float *weight, const float *bias,
                       const float *scale,
                       size_t T, size_t C, size_t heads)
{
	size_t D = C / heads;

	for (size_t i = 0; i < T * heads; i++) {
		size_t h = i % heads;
		float a = half_gate(x + i * D, weight, bias, 0, D);
		float b = half_gate(x + i * D, weight, bias, 1, D);
		float da = dgate[i] * (b * scale[h] - 1) * a * (1 - a);
		float db = dgate[i] * a * scale[h] * b * (1 - b);

		dscale[h] += dgate[i] * a * b;
		half_backward(dx + i * D, dweight, dbias, da, x + i * D,
		              weight, 0, D);
		half_backward(dx + i * D, dweight, dbias, db, x + i * D,
		              weight, 1, D);
	}
}
