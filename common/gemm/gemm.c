#include <cblas.h>
#include <omp.h>
#include <stdbool.h>
#include <string.h>

#include "core/chunk.h"
#include "gemm/gemm.h"

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
static void
halve_tile(struct gemm_cut *c, size_t K)
{
	for (;;) {
		size_t area = c->rows * c->columns;
		bool enough = c->M * c->N >= TILES * area &&
			area <= TILE_AREA;

		if (enough || area * K < 2 * (size_t)TILE_WORK)
			return;
		if (c->rows > 2 * c->columns)
			c->rows = half(c->rows, ROW_STEP);
		else
			c->columns = half(c->columns, COLUMN_STEP);
		if (c->rows * c->columns == area)
			return;
	}
}

struct gemm_cut
gemm_cut(size_t M, size_t N, size_t K)
{
	struct gemm_cut c = { .M = M, .N = N, .rows = M, .columns = N };

	if (M == 0 || N == 0)
		return c;
	if (omp_get_level() == 0)
		halve_tile(&c, K);
	c.tiles = ((M - 1) / c.rows + 1) * ((N - 1) / c.columns + 1);
	return c;
}

struct gemm_tile
gemm_tile(const struct gemm_cut *c, size_t i)
{
	size_t across = (c->N - 1) / c->columns + 1;
	size_t m = i / across * c->rows, n = i % across * c->columns;

	return (struct gemm_tile){
		.m = m, .n = n, .rows = chunk_length(m, c->rows, c->M),
		.columns = chunk_length(n, c->columns, c->N)
	};
}

static void
gemm_tiled(enum gemm_side a, enum gemm_side b, size_t M, size_t N, size_t K,
           float alpha, const float *A, size_t lda,
           const float *B, size_t ldb, const float *bias,
           float beta, float *C, size_t ldc)
{
	struct gemm_cut cut = gemm_cut(M, N, K);

	#pragma omp parallel for schedule(dynamic) if (cut.tiles > 1)
	for (size_t i = 0; i < cut.tiles; i++) {
		struct gemm_tile t = gemm_tile(&cut, i);
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
