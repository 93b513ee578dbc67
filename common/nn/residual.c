#include "core/chunk.h"
#include "core/vector.h"
#include "nn/residual.h"

VECTORISED static void
axpy(float *y, float factor, const float *x, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		y[i] += factor * x[i];
}

void
add_scaled(float *y, float factor, const float *x, size_t n)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(n))
	for (size_t i = 0; i < n; i += CHUNK_FLOATS)
		axpy(y + i, factor, x + i, chunk_length(i, CHUNK_FLOATS, n));
}

VECTORISED static void
add_chunk(float *y, const float *x, const float *z, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		y[i] = x[i] + z[i];
}

static void
add(float *y, const float *x, const float *z, size_t n)
{
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(n))
	for (size_t i = 0; i < n; i += CHUNK_FLOATS)
		add_chunk(y + i, x + i, z + i,
		          chunk_length(i, CHUNK_FLOATS, n));
}

/* y = x + gain z */
VECTORISED static void
scaled(float *y, const float *x, const float *z, const float *gain,
       size_t N, size_t C)
{
	for (size_t n = 0; n < N; n++, y += C, x += C, z += C)
		#pragma omp simd
		for (size_t c = 0; c < C; c++)
			y[c] = x[c] + gain[c] * z[c];
}

void
residual_forward(float *y, const float *x, const float *z,
                 const float *gain, size_t N, size_t C)
{
	if (gain)
		scaled(y, x, z, gain, N, C);
	else
		add(y, x, z, N * C);
}
