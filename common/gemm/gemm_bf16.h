/*
 * gemm_bf16.h - products of matrices in bfloat16, added up in float
 *
 *	y = activate(norm(A) B^T + bias) + residual
 *
 * Both sides are packed, as the tiles of Intel's AMX and the dot products of
 * AVX-512 take them: B once, if it is a weight, A on the way, unless it is of
 * bfloats, whose rows are read as they lie.
 */
#ifndef GEMM_BF16_H
#define GEMM_BF16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bf16_unit;             /* what multiplies; gemm/bf16_unit.h */

/*
 * NAME is "amx", "avx512" or "plain", which every processor has; NULL: the
 * best there is.  Returns NULL where the processor lacks it.
 */
const struct bf16_unit *bf16_unit_find(const char *name);

/* Does it multiply faster than floats are multiplied here? */
bool bf16_unit_fast(const struct bf16_unit *unit);

/* What is packed, or read as it lies, comes in multiples of this. */
enum { BF16_BLOCK = 32 };

static inline size_t
bf16_round_up(size_t n)
{
	return (n + BF16_BLOCK - 1) / BF16_BLOCK * BF16_BLOCK;
}

/* Elements of a packed B [N,K]; those beyond its sides are zeros. */
size_t bf16_packed_length(size_t N, size_t K);

/*
 * From floats [N,K], as a linear layer's weight, or by columns, [K,N]; what is
 * stored as a row is ldb from the next.
 */
void bf16_pack(uint16_t *packed, const float *B, size_t ldb, size_t N,
               size_t K);
void bf16_pack_across(uint16_t *packed, const float *B, size_t ldb, size_t N,
                      size_t K);

/* From bfloats, the same two. */
void bf16_pack_halves(uint16_t *packed, const uint16_t *B, size_t ldb,
                      size_t N, size_t K);
void bf16_pack_columns(uint16_t *packed, const uint16_t *B, size_t ldb,
                       size_t N, size_t K);

/* Normalisation of the rows of A before they are multiplied. */
struct bf16_norm {
	/* as layernorm_forward of nn/layernorm.h */
	void (*forward)(float *y, float *mean, float *rstd, const float *x,
	                const float *gain, const float *bias, size_t N,
	                size_t C, float epsilon);
	const float *gain, *bias; /* [K] */
	float epsilon;
	float *y;                 /* [M,K]: is left here, too */
};

/* A [M,K], which is rounded, if need be, while it is packed. */
struct bf16_in {
	const uint16_t *half;     /* [M,K]; or */
	const float *x;           /* the same; what is multiplied is */
	float alpha;              /* alpha x, or */
	const struct bf16_norm *norm; /* its norm, if not NULL; ld is K then */
	bool turned;              /* x is stored [K,M] */
	size_t ld;                /* from a row to the next; they may overlap */
};

/* What becomes of the products. */
struct bf16_out {
	float *y;                 /* [M,N], rows ldy apart; or */
	size_t ldy;
	uint16_t *half;           /* the same in bfloat16 */
	size_t ldh;
	const float *bias;        /* [N]; or NULL */
	void (*activate)(float *y, const float *x, size_t n); /* or NULL */
	uint16_t *before;         /* beside half: the input of activate */
	const float *residual;    /* [M,N], rows ldr apart; may be y; or NULL */
	size_t ldr;
};

/*
 * In all threads, unless inside a parallel region; the sums do not depend on
 * their number.
 * scratch [gemm_bf16_scratch(M, K)], asked for by the thread that calls: what
 * it holds does not matter; or NULL, if A is of halves, K a multiple of 32 and
 * A so small that it need not be packed: then its rows are read up to a
 * multiple of 32, whatever is in those beyond M.
 */
size_t gemm_bf16_scratch(size_t M, size_t K);

void gemm_bf16(const struct bf16_out *out, const struct bf16_unit *unit,
               const struct bf16_in *A, const uint16_t *packed,
               size_t M, size_t N, size_t K, uint16_t *scratch);

#endif
