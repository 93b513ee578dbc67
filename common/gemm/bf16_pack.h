/*
 * bf16_pack.h - packs matrices into bfloat16, in the order of bf16_layout.h
 *
 * B is packed once, if it is a weight; A while it is multiplied, 32 rows at a
 * time.
 */
#pragma once

#include "gemm/bf16_layout.h"

/* Elements of a packed B [N,K]. */
size_t bf16_packed_length(size_t N, size_t K);

/*
 * From floats [N,K], as a linear layer's weight, or by columns, [K,N]; rows as
 * they are stored are ldb elements apart.
 */
void bf16_pack(uint16_t *packed, const float *B, size_t ldb, size_t N,
               size_t K);
void bf16_pack_across(uint16_t *packed, const float *B, size_t ldb, size_t N,
                      size_t K);

/* The same two from bfloats. */
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
	float *y;                 /* [M,K]: the normed rows are left here */
};

/* A [M,K]; floats are rounded while they are packed. */
struct bf16_in {
	const uint16_t *half;     /* [M,K]; or */
	const float *x;           /* [M,K], of which is multiplied */
	float alpha;              /* alpha x, or */
	const struct bf16_norm *norm; /* its norm, if not NULL; ld is K then */
	bool turned;              /* x is stored [K,M] */
	size_t ld;                /* from a row to the next; they may overlap */
};

/* Rows m to m + rows of A, 32 or fewer, as a strip [bf16_round_up(K),32]. */
void bf16_strip_pack(uint16_t *strip, const struct bf16_in *A, size_t m,
                     size_t rows, size_t K);

/*
 * With bf16_native.h: packs what is stored in the 32 rows from r on, or fewer,
 * of [N,K], as strips or as panels.  Fetches the rows from next on meanwhile.
 */
void bf16_band_pack(uint16_t *packed, const struct bf16_source *source,
                    bool strips, size_t r, size_t N, size_t K, size_t next);
