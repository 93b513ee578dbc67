#include <cblas.h>
#include <omp.h>
#include <stdbool.h>
#include <string.h>

#include "nn/chunk.h"
#include "nn/gemm.h"

/* Of gemm_wide; found by measuring. */
enum { TILE_ROWS = 256, TILE_COLUMNS = 512, TILE_STEP = 16 };

static CBLAS_TRANSPOSE
order(enum gemm_side side)
{
	return side == GEMM_TRANSPOSED ? CblasTrans : CblasNoTrans;
}

/* With nothing to add up, BLAS may return before it has applied beta. */
static void
scale(float *C, size_t M, size_t N, size_t ldc, float beta)
{
	for (size_t m = 0; m < M; m++)
		for (size_t n = 0; n < N; n++)
			C[m * ldc + n] = beta == 0 ? 0 : beta * C[m * ldc + n];
}

void
gemm(enum gemm_side a, enum gemm_side b, size_t M, size_t N, size_t K,
     float alpha, const float *A, size_t lda,
     const float *B, size_t ldb, float beta, float *C, size_t ldc)
{
	if (M == 0 || N == 0)
		return;
	if (K == 0) {
		scale(C, M, N, ldc, beta);
		return;
	}
	cblas_sgemm(CblasRowMajor, order(a), order(b),
	            (blasint)M, (blasint)N, (blasint)K,
	            alpha, A, (blasint)lda, B, (blasint)ldb,
	            beta, C, (blasint)ldc);
}

/* op(A) or op(B) from a row or column on. */
static const float *
from(const float *A, size_t lda, size_t at, bool rows_stored)
{
	return A + (rows_stored ? at * lda : at);
}

static size_t
tiles(size_t n, size_t tile)
{
	return (n + tile - 1) / tile;
}

/* Rows or columns to a tile: at most that many, and as even as can be. */
static size_t
tile_of(size_t n, size_t most)
{
	size_t count = tiles(n, most), even = tiles(n, count);

	return tiles(even, TILE_STEP) * TILE_STEP;
}

static void
bias_rows(float *C, size_t ldc, const float *bias, size_t M, size_t N)
{
	for (size_t m = 0; m < M; m++)
		memcpy(C + m * ldc, bias, N * sizeof *C);
}

static void
gemm_tiled(enum gemm_side a, enum gemm_side b, size_t M, size_t N, size_t K,
           float alpha, const float *A, size_t lda,
           const float *B, size_t ldb, const float *bias,
           float beta, float *C, size_t ldc)
{
	size_t rows, columns, across, count;

	if (M == 0 || N == 0)
		return;
	rows = tile_of(M, TILE_ROWS);
	columns = tile_of(N, TILE_COLUMNS);
	across = tiles(N, columns);
	count = tiles(M, rows) * across;

	#pragma omp parallel for schedule(dynamic) if (count > 1)
	for (size_t i = 0; i < count; i++) {
		size_t m = i / across * rows, n = i % across * columns;
		size_t high = chunk_length(m, rows, M);
		size_t wide = chunk_length(n, columns, N);
		float *tile = C + m * ldc + n;

		if (bias)
			bias_rows(tile, ldc, bias + n, high, wide);
		gemm(a, b, high, wide, K, alpha,
		     from(A, lda, m, a == GEMM_PLAIN), lda,
		     from(B, ldb, n, b == GEMM_TRANSPOSED), ldb,
		     beta, tile, ldc);
	}
}

void
gemm_wide(enum gemm_side a, enum gemm_side b, size_t M, size_t N, size_t K,
          float alpha, const float *A, size_t lda,
          const float *B, size_t ldb, float beta, float *C, size_t ldc)
{
	gemm_tiled(a, b, M, N, K, alpha, A, lda, B, ldb, NULL, beta, C, ldc);
}

void
gemm_onto_bias(enum gemm_side a, enum gemm_side b,
               size_t M, size_t N, size_t K,
               const float *A, size_t lda, const float *B, size_t ldb,
               const float *bias, float *C, size_t ldc)
{
	gemm_tiled(a, b, M, N, K, 1, A, lda, B, ldb, bias, 1, C, ldc);
}

/* An OpenBLAS that was built with OpenMP would leave us one thread, too. */
void
gemm_begin(void)
{
	int threads = omp_get_max_threads();

	openblas_set_num_threads(1);
	omp_set_num_threads(threads);
}
