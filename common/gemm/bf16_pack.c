#include <string.h>

#include "core/chunk.h"
#include "core/half.h"
#include "core/vector.h"
#include "gemm/bf16_native.h"
#include "gemm/bf16_pack.h"

size_t
bf16_packed_length(size_t N, size_t K)
{
	return bf16_round_up(N) * bf16_round_up(K);
}

/* Columns n to n + width, of k and k + 1; what is beyond B is zero. */
static inline __attribute__((always_inline)) void
pairs_pack(uint16_t *to, const struct bf16_source *B, size_t n, size_t k,
           size_t width, size_t depth)
{
	size_t aside = B->across ? 1 : B->ld, down = B->across ? B->ld : 1;
	size_t at = n * aside + k * down;

	for (size_t i = 0; i < width; i++, at += aside)
		for (size_t j = 0; j < depth; j++)
			to[2 * i + j] = B->floats
				? bfloat_from_float(B->floats[at + j * down])
				: B->halves[at + j * down];
}

/* A panel's tile from n and k on. */
static inline __attribute__((always_inline)) void
tile_pack(uint16_t *tile, const struct bf16_source *B, size_t n, size_t k,
          size_t N, size_t K)
{
	size_t width = n < N ? chunk_length(n, BF16_TILE, N) : 0;
	size_t depth = chunk_length(k, BF16_BLOCK, K);

	if (width == BF16_TILE && depth == BF16_BLOCK) {
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
tiles_pack(uint16_t *to, const struct bf16_source *B, size_t n, size_t N,
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
panel_pack(uint16_t *to, const struct bf16_source *B, size_t n, size_t N,
           size_t K)
{
	const struct bf16_source
		along = { .floats = B->floats, .ld = B->ld },
		across = { .floats = B->floats, .ld = B->ld, .across = true },
		halves = { .halves = B->halves, .ld = B->ld },
		halves_across = { .halves = B->halves, .ld = B->ld,
		                  .across = true };

	if (B->floats && !B->across)
		tiles_pack(to, &along, n, N, K);
	else if (B->floats)
		tiles_pack(to, &across, n, N, K);
	else if (!B->across)
		tiles_pack(to, &halves, n, N, K);
	else
		tiles_pack(to, &halves_across, n, N, K);
}

/* Into the second cache: memory gives most to who reads it in its order. */
static void
fetch(const float *x, size_t n)
{
	enum { LINE = 16, SECOND = 2 };

	for (size_t i = 0; i < n; i += LINE)
		__builtin_prefetch(x + i, 0, SECOND);
}

void
bf16_band_pack(uint16_t *packed, const struct bf16_source *B, bool strips,
               size_t r, size_t N, size_t K, size_t next)
{
	size_t deep = bf16_round_up(K), length = B->across ? N : K;
	size_t rows = B->across ? K : N, some = chunk_length(r, BF16_BLOCK,
	                                                     rows);
	size_t step = (B->across ? deep : BF16_BLOCK) * BF16_BLOCK;

	packed += r * (B->across ? BF16_BLOCK : deep);
	for (size_t i = 0; i < length; i += BF16_BLOCK, packed += step) {
		size_t others = chunk_length(i, BF16_BLOCK, length);

		if (next + BF16_BLOCK <= rows && B->floats && B->ld == length)
			fetch(B->floats + next * length + i * BF16_BLOCK,
			      others * BF16_BLOCK);
		bf16_native_pack(packed, B, r * B->ld + i, strips,
		                 B->across ? others : some,
		                 B->across ? some : others);
	}
}

/* A band, or a panel. */
static void
piece_pack(uint16_t *packed, const struct bf16_source *B, size_t r, size_t N,
           size_t K, size_t next)
{
	if (bf16_native_present())
		bf16_band_pack(packed, B, false, r, N, K, next);
	else
		panel_pack(packed + r * bf16_round_up(K), B, r, N, K);
}

static void
pack(uint16_t *packed, const struct bf16_source *B, size_t N, size_t K)
{
	size_t rows = bf16_native_present() && B->across ? K : N;

	if (!chunk_worth(N * K)) {
		for (size_t r = 0; r < rows; r += BF16_BLOCK)
			piece_pack(packed, B, r, N, K, r + BF16_BLOCK);
		return;
	}
	#pragma omp parallel for schedule(dynamic)
	for (size_t r = 0; r < rows; r += BF16_BLOCK)
		piece_pack(packed, B, r, N, K, r + BF16_BLOCK *
		           (size_t)omp_get_num_threads());
}

void
bf16_pack(uint16_t *packed, const float *B, size_t ldb, size_t N, size_t K)
{
	const struct bf16_source s = { .floats = B, .ld = ldb, .alpha = 1 };

	pack(packed, &s, N, K);
}

void
bf16_pack_across(uint16_t *packed, const float *B, size_t ldb, size_t N,
                 size_t K)
{
	const struct bf16_source s = {
		.floats = B, .ld = ldb, .across = true, .alpha = 1
	};

	pack(packed, &s, N, K);
}

void
bf16_pack_halves(uint16_t *packed, const uint16_t *B, size_t ldb, size_t N,
                 size_t K)
{
	const struct bf16_source s = { .halves = B, .ld = ldb };

	pack(packed, &s, N, K);
}

void
bf16_pack_columns(uint16_t *packed, const uint16_t *B, size_t ldb, size_t N,
                  size_t K)
{
	const struct bf16_source s = {
		.halves = B, .ld = ldb, .across = true
	};

	pack(packed, &s, N, K);
}
