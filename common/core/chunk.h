/*
 * chunk.h - cut long arrays into pieces for parallel loops
 *
 * The pieces depend only on the sizes, not on the number of threads, and so do
 * results.
 *
 *	size_t rows = chunk_rows(C);
 *
 *	#pragma omp parallel for schedule(dynamic) if (chunk_worth(N * C))
 *	for (size_t n = 0; n < N; n += rows)
 *		work(y + n * C, x + n * C, chunk_length(n, rows, N), C);
 */
#pragma once

#include <omp.h>
#include <stdbool.h>
#include <stddef.h>

enum { CHUNK_FLOATS = 1 << 14, CHUNK_WORTH = 1 << 17 };

/*
 * Whether one pass over n floats is worth the start of threads.  Inside a
 * parallel region it never is.
 */
static inline bool
chunk_worth(size_t n)
{
	return n >= CHUNK_WORTH && !omp_in_parallel();
}

/* The same for n multiplications in a matrix product. */
static inline bool
chunk_worth_products(size_t n)
{
	return n / 64 >= CHUNK_WORTH && !omp_in_parallel();
}

/* The number of rows of C floats in a piece. */
static inline size_t
chunk_rows(size_t C)
{
	return C < CHUNK_FLOATS ? CHUNK_FLOATS / (C ? C : 1) : 1;
}

/* The length of the piece that begins at n. */
static inline size_t
chunk_length(size_t n, size_t chunk, size_t N)
{
	return N - n < chunk ? N - n : chunk;
}
