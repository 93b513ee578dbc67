#include <string.h>

#include "core/chunk.h"
#include "core/half.h"
#include "core/vector.h"
#include "gemm/bf16_native.h"
#include "gemm/bf16_pack.h"

/* 32 of K of each row: to begins with row m at k; rows are 32 apart there. */
static void
halves_pack(uint16_t *to, const struct bf16_in *A, size_t m, size_t k,
            size_t rows, size_t depth)
{
	const uint16_t *a = A->half + m * A->ld + k;

	if (depth == BF16_BLOCK)
		for (size_t r = 0; r < rows; r++)
			memcpy(to + r * BF16_BLOCK, a + r * A->ld,
			       BF16_BLOCK * sizeof *to);
	else
		for (size_t r = 0; r < rows; r++)
			memcpy(to + r * BF16_BLOCK, a + r * A->ld,
			       depth * sizeof *to);
}

static inline __attribute__((always_inline)) void
pack(uint16_t *to, const float *x, size_t row, size_t column, float alpha,
     size_t rows, size_t depth)
{
	for (size_t r = 0; r < rows; r++)
		for (size_t k = 0; k < depth; k++)
			to[r * BF16_BLOCK + k] = bfloat_from_float(alpha *
				x[r * row + k * column]);
}

/* A whole block that is stored by columns: fours of a row, then rows. */
static inline __attribute__((always_inline)) void
turn(uint16_t *to, const float *x, size_t ld, float alpha)
{
	enum { FOUR = 4 };
	uint16_t fours[BF16_BLOCK / FOUR][BF16_BLOCK][FOUR];

	for (size_t k = 0; k < BF16_BLOCK / FOUR; k++, x += FOUR * ld)
		for (size_t r = 0; r < BF16_BLOCK; r++)
			for (size_t i = 0; i < FOUR; i++) {
				float v = alpha * x[i * ld + r];

				fours[k][r][i] = bfloat_from_float(v);
			}
	for (size_t r = 0; r < BF16_BLOCK; r++)
		for (size_t k = 0; k < BF16_BLOCK / FOUR; k++)
			memcpy(to + r * BF16_BLOCK + FOUR * k, fours[k][r],
			       sizeof fours[k][r]);
}

/* Either order gets loops of its own, and so do blocks that are whole. */
VECTORISED static void
floats_pack(uint16_t *to, const float *x, size_t ld, bool turned, float alpha,
            size_t rows, size_t depth)
{
	bool whole = rows == BF16_BLOCK && depth == BF16_BLOCK;

	if (whole && turned)
		turn(to, x, ld, alpha);
	else if (whole)
		pack(to, x, ld, 1, alpha, BF16_BLOCK, BF16_BLOCK);
	else if (turned)
		pack(to, x, 1, ld, alpha, rows, depth);
	else
		pack(to, x, ld, 1, alpha, rows, depth);
}

/* Rows m to m + rows of A, normed. */
static void
norm(const struct bf16_in *A, size_t m, size_t rows, size_t K)
{
	const struct bf16_norm *n = A->norm;
	float mean[BF16_BLOCK], rstd[BF16_BLOCK];

	n->forward(n->y + m * K, mean, rstd, A->x + m * K, n->gain, n->bias,
	           rows, K, n->epsilon);
}

static void
natively_pack(uint16_t *strip, const struct bf16_source *x, size_t rows,
              size_t K)
{
	size_t step = x->across ? x->ld : 1;

	for (size_t k = 0; k < K; k += BF16_BLOCK)
		bf16_native_pack(strip + k * BF16_BLOCK, x, k * step, true,
		                 rows, chunk_length(k, BF16_BLOCK, K));
}

void
bf16_strip_pack(uint16_t *strip, const struct bf16_in *A, size_t m,
                size_t rows, size_t K)
{
	const float *x = A->norm ? A->norm->y : A->x;
	size_t row = A->turned ? 1 : A->ld, column = A->turned ? A->ld : 1;
	const struct bf16_source source = {
		.floats = x ? x + m * row : NULL, .ld = A->ld,
		.across = A->turned, .alpha = A->norm ? 1 : A->alpha
	};

	if (A->norm)
		norm(A, m, rows, K);
	if (!A->half && bf16_native_present()) {
		natively_pack(strip, &source, rows, K);
		return;
	}
	if (rows < BF16_BLOCK || K % BF16_BLOCK > 0)
		memset(strip, 0, BF16_BLOCK * bf16_round_up(K) * sizeof *strip);
	for (size_t k = 0; k < K; k += BF16_BLOCK) {
		size_t depth = K - k < BF16_BLOCK ? K - k : BF16_BLOCK;

		if (A->half)
			halves_pack(strip, A, m, k, rows, depth);
		else
			floats_pack(strip, source.floats + k * column, A->ld,
			            A->turned, source.alpha, rows, depth);
		strip += BF16_STEP_LENGTH;
	}
}
