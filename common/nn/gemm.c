#include <cblas.h>

#include "nn/gemm.h"

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

void
gemm_begin(void)
{
	openblas_set_num_threads(1);
}
