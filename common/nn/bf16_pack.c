#include <string.h>

#include "core/half.h"
#include "core/vector.h"
#include "nn/bf16_native.h"
#include "nn/bf16_unit.h"
#include "nn/chunk.h"
#include "nn/gemm_bf16.h"

size_t
bf16_packed_length(size_t N, size_t K)
{
	return bf16_round_up(N) * bf16_round_up(K);
}

/* How B lies: element (n,k) at n * row + k * column. */
struct source {
	const float *floats;      /* or */
	const uint16_t *halves;
	size_t row, column;
};

/* Columns n to n + width, of k and k + 1; what is beyond B is zero. */
static inline __attribute__((always_inline)) void
pairs_pack(uint16_t *to, const struct source *B, size_t n, size_t k,
           size_t width, size_t depth)
{
	size_t at = n * B->row + k * B->column;

	for (size_t i = 0; i < width; i++, at += B->row)
		for (size_t j = 0; j < depth; j++)
			to[2 * i + j] = B->floats
				? bfloat_from_float(B->floats[at +
				                              j * B->column])
				: B->halves[at + j * B->column];
}

/* A panel's tile from n and k on. */
static inline __attribute__((always_inline)) void
tile_pack(uint16_t *tile, const struct source *B, size_t n, size_t k,
          size_t N, size_t K)
{
	size_t width = n < N ? chunk_length(n, BF16_TILE, N) : 0;
	size_t depth = chunk_length(k, BF16_BLOCK, K);

	if (width == BF16_TILE && depth == BF16_BLOCK) {
		if (B->floats &&
		    bf16_native_tile(tile, B->floats + n * B->row +
		                     k * B->column, B->row * B->column,
		                     B->row == 1))
			return;
		for (size_t j = 0; j < BF16_BLOCK; j += 2)
			pairs_pack(tile + j * BF16_TILE, B, n, k + j,
			           BF16_TILE, 2);
		return;
	}
	memset(tile, 0, BF16_TILE_LENGTH * sizeof *tile);
	for (size_t j = 0; j < depth; j += 2)
		pairs_pack(tile + j * BF16_TILE, B, n, k + j, width,
		           depth - j < 2 ? 1 : 2);
}

static inline __attribute__((always_inline)) void
tiles_pack(uint16_t *to, const struct source *B, size_t n, size_t N,
           size_t K)
{
	for (size_t k = 0; k < K; k += BF16_BLOCK) {
		tile_pack(to, B, n, k, N, K);
		tile_pack(to + BF16_TILE_LENGTH, B, n + BF16_TILE, k, N, K);
		to += BF16_STEP_LENGTH;
	}
}

/* Each kind and order of B gets loops of its own. */
VECTORISED static void
panel_pack(uint16_t *to, const struct source *B, size_t n, size_t N, size_t K)
{
	const struct source
		whole = { .floats = B->floats, .row = B->row, .column = 1 },
		across = { .floats = B->floats, .row = 1, .column = B->column },
		half = { .halves = B->halves, .row = B->row, .column = 1 },
		half_across = { .halves = B->halves, .row = 1,
		                .column = B->column };

	if (B->floats && B->column == 1)
		tiles_pack(to, &whole, n, N, K);
	else if (B->floats)
		tiles_pack(to, &across, n, N, K);
	else if (B->column == 1)
		tiles_pack(to, &half, n, N, K);
	else
		tiles_pack(to, &half_across, n, N, K);
}

static void
pack(uint16_t *packed, const struct source *B, size_t N, size_t K)
{
	size_t deep = bf16_round_up(K);

	if (!chunk_worth(N * K)) {
		for (size_t n = 0; n < N; n += BF16_BLOCK)
			panel_pack(packed + n * deep, B, n, N, K);
		return;
	}
	#pragma omp parallel for schedule(dynamic)
	for (size_t n = 0; n < N; n += BF16_BLOCK)
		panel_pack(packed + n * deep, B, n, N, K);
}

void
bf16_pack(uint16_t *packed, const float *B, size_t ldb, size_t N, size_t K)
{
	const struct source s = { .floats = B, .row = ldb, .column = 1 };

	pack(packed, &s, N, K);
}

void
bf16_pack_across(uint16_t *packed, const float *B, size_t ldb, size_t N,
                 size_t K)
{
	const struct source s = { .floats = B, .row = 1, .column = ldb };

	pack(packed, &s, N, K);
}

void
bf16_pack_halves(uint16_t *packed, const uint16_t *B, size_t ldb, size_t N,
                 size_t K)
{
	const struct source s = { .halves = B, .row = ldb, .column = 1 };

	pack(packed, &s, N, K);
}

void
bf16_pack_columns(uint16_t *packed, const uint16_t *B, size_t ldb, size_t N,
                  size_t K)
{
	const struct source s = { .halves = B, .row = 1, .column = ldb };

	pack(packed, &s, N, K);
}
