/*
 * chunk.h - long arrays in pieces, one for a thread at a time
 *
 * The borders depend on the sizes alone, never on the number of threads, and
 * so do results.  A loop over pieces is parallel if there are several:
 *
 *	size_t rows = chunk_rows(C);
 *
 *	#pragma omp parallel for schedule(dynamic) if (N > rows)
 *	for (size_t n = 0; n < N; n += rows)
 *		work(y + n * C, x + n * C, chunk_length(n, rows, N), C);
 */
#ifndef CHUNK_H
#define CHUNK_H

#include <stddef.h>

/* Enough work to be worth a thread's waking; fits a cache of its own. */
enum { CHUNK_FLOATS = 1 << 14 };

/* Rows of C floats to a piece. */
static inline size_t
chunk_rows(size_t C)
{
	return C < CHUNK_FLOATS ? CHUNK_FLOATS / (C ? C : 1) : 1;
}

/* Of the piece that begins at n. */
static inline size_t
chunk_length(size_t n, size_t chunk, size_t N)
{
	return N - n < chunk ? N - n : chunk;
}

#endif
