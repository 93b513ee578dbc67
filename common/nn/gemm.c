#include <cblas.h>
#include <omp.h>
#include <stdbool.h>
#include <string.h>

#include "nn/chunk.h"
#include "nn/gemm.h"

/*
 * Of gemm_wide, found by measuring: how many tiles there should be, the
 * multiplications that a tile is worth, and the largest.
 */
enum { TILES = 8, TILE_WORK = 1 << 23, TILE_AREA = 1 << 18 };

/* What a BLAS kernel computes at once, or a multiple. */
enum { ROW_STEP = 4, COLUMN_STEP = 16 };

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
	int threads = omp_get_max_threads();

	if (M == 0 || N == 0)
		return;
	if (K == 0) {
		scale(C, M, N, ldc, beta);
		return;
	}
	omp_set_num_threads(1); /* what OpenBLAS with OpenMP goes by */
	cblas_sgemm(CblasRowMajor, order(a), order(b),
	            (blasint)M, (blasint)N, (blasint)K,
	            alpha, A, (blasint)lda, B, (blasint)ldb,
	            beta, C, (blasint)ldc);
	omp_set_num_threads(threads);
}

/* op(A) or op(B) from a row or column on. */
static const float *
from(const float *A, size_t lda, size_t at, bool rows_stored)
{
	return A + (rows_stored ? at * lda : at);
}

/* Half of n, a multiple of step; n itself if that is no less. */
static size_t
half(size_t n, size_t step)
{
	size_t h = (n / 2 + step - 1) / step * step;

	return h < n ? h : n;
}

/*
 * Halves the tile until there are enough of them and each fits a cache, but
 * not so far that packing costs more than threads gain.  Rows are kept longer
 * than columns: BLAS is faster so.
 */
static struct gemm_tile
first_tile(size_t M, size_t N, size_t K)
{
	struct gemm_tile t = { .rows = M, .columns = N };

	for (;;) {
		size_t area = t.rows * t.columns;
		bool enough = M * N >= TILES * area && area <= TILE_AREA;

		if (enough || area * K < 2 * (size_t)TILE_WORK)
			return t;
		if (t.rows > 2 * t.columns)
			t.rows = half(t.rows, ROW_STEP);
		else
			t.columns = half(t.columns, COLUMN_STEP);
		if (t.rows * t.columns == area)
			return t;
	}
}

size_t
gemm_tiles(size_t M, size_t N, size_t K)
{
	struct gemm_tile t = first_tile(M, N, K);

	if (M == 0 || N == 0)
		return 0;
	return ((M - 1) / t.rows + 1) * ((N - 1) / t.columns + 1);
}

struct gemm_tile
gemm_tile(size_t i, size_t M, size_t N, size_t K)
{
	struct gemm_tile t = first_tile(M, N, K);
	size_t across = (N - 1) / t.columns + 1;

	t.m = i / across * t.rows;
	t.n = i % across * t.columns;
	t.rows = chunk_length(t.m, t.rows, M);
	t.columns = chunk_length(t.n, t.columns, N);
	return t;
}

static void
gemm_tiled(enum gemm_side a, enum gemm_side b, size_t M, size_t N, size_t K,
           float alpha, const float *A, size_t lda,
           const float *B, size_t ldb, const float *bias,
           float beta, float *C, size_t ldc)
{
	size_t tiles = gemm_tiles(M, N, K);

	#pragma omp parallel for schedule(dynamic) \
	        if (tiles > 1 && !omp_in_parallel())
	for (size_t i = 0; i < tiles; i++) {
		struct gemm_tile t = gemm_tile(i, M, N, K);
		float *tile = C + t.m * ldc + t.n;

		for (size_t m = 0; bias && m < t.rows; m++)
			memcpy(tile + m * ldc, bias + t.n,
			       t.columns * sizeof *tile);
		gemm(a, b, t.rows, t.columns, K, alpha,
		     from(A, lda, t.m, a == GEMM_PLAIN), lda,
		     from(B, ldb, t.n, b == GEMM_TRANSPOSED), ldb,
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
