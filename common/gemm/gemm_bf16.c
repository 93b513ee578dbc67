#include <omp.h>
#include <string.h>

#include "core/chunk.h"
#include "core/half.h"
#include "core/vector.h"
#include "gemm/bf16_native.h"
#include "gemm/gemm_bf16.h"

/*
 * All threads pack A together; then each multiplies as much of it as stays in
 * its second cache by some columns of B.  If A is many times taller than that,
 * each packs rows of its own, and takes all columns.
 */
enum {
	ROWS = 1 << 19,           /* elements of A */
	COLUMNS = 128, TALL = 8
};

/* Sums of a block, and where they go. */
struct block {
	_Alignas(64) float sums[BF16_BLOCK * BF16_BLOCK];
	size_t rows, columns;
	float *y;                 /* or */
	uint16_t *half;
	const float *residual;
};

static inline __attribute__((always_inline)) void
put(const struct block *b, const struct bf16_out *out, size_t columns,
    bool residual, bool half)
{
	for (size_t r = 0; r < b->rows; r++) {
		const float *sums = b->sums + r * BF16_BLOCK;
		const float *more = residual ? b->residual + r * out->ldr
		                             : NULL;
		float *y = half ? NULL : b->y + r * out->ldy;
		uint16_t *h = half ? b->half + r * out->ldh : NULL;

		#pragma omp simd
		for (size_t n = 0; n < columns; n++) {
			float v = sums[n];

			if (residual)
				v += more[n];
			if (half)
				h[n] = bfloat_from_float(v);
			else
				y[n] = v;
		}
	}
}

/* Each case gets loops of its own, and so do blocks that are whole. */
VECTORISED static void
block_put(const struct block *b, const struct bf16_out *out)
{
	bool whole = b->columns == BF16_BLOCK;

	if (whole && b->half && !b->residual && bf16_native_present())
		bf16_native_put(b->half, out->ldh, b->sums, b->rows);
	else if (whole && b->half && !b->residual)
		put(b, out, BF16_BLOCK, false, true);
	else if (whole && !b->half && !b->residual)
		put(b, out, BF16_BLOCK, false, false);
	else if (whole && !b->half)
		put(b, out, BF16_BLOCK, true, false);
	else if (b->half)
		put(b, out, b->columns, b->residual, true);
	else
		put(b, out, b->columns, b->residual, false);
}

/* The block at row m and column n; fetches what is written soon. */
static void
block_place(struct block *b, const struct bf16_out *out, size_t m, size_t n,
            size_t rows, size_t columns)
{
	b->rows = rows;
	b->columns = columns;
	b->half = out->half ? out->half + m * out->ldh + n : NULL;
	b->y = out->y ? out->y + m * out->ldy + n : NULL;
	b->residual = out->residual ? out->residual + m * out->ldr + n : NULL;
	for (size_t r = 0; r < rows; r++) {
		if (b->half)
			__builtin_prefetch(b->half + r * out->ldh, 1);
		if (b->y) {
			__builtin_prefetch(b->y + r * out->ldy, 1);
			__builtin_prefetch(b->y + r * out->ldy + BF16_TILE, 1);
		}
	}
}

/* Writes the input of activate to out->before. */
static void
before_put(struct block *b, const struct bf16_out *out)
{
	const float *residual = b->residual;
	uint16_t *half = b->half;

	b->half = out->before + (half - out->half);
	b->residual = NULL;
	block_put(b, out);
	b->half = half;
	b->residual = residual;
}

/* Rows of A, from start on: the first are read in place, the rest packed. */
struct slab {
	const struct bf16_in *A;
	size_t start, rows, lying; /* a multiple of 32 */
	uint16_t *packed;          /* strips, deep by 32 */
	size_t N, K, deep;
};

/* Without scratch all are read in place. */
static struct slab
slab_of(const struct bf16_in *A, size_t start, size_t rows, size_t N, size_t K,
        uint16_t *scratch)
{
	struct slab s = {
		.A = A, .start = start, .rows = rows, .packed = scratch,
		.N = N, .K = K, .deep = bf16_round_up(K)
	};

	if (!scratch)
		s.lying = bf16_round_up(rows);
	else if (A->half && K == s.deep)
		s.lying = rows / BF16_BLOCK * BF16_BLOCK;
	return s;
}

static void
strip_pack(const struct slab *s, size_t r)
{
	bf16_strip_pack(s->packed + r * s->deep, s->A, s->start + r,
	                chunk_length(r, BF16_BLOCK, s->rows), s->K);
}

/* Floats without a norm are packed in the order of memory. */
static bool
banded(const struct slab *s)
{
	return s->A->x && !s->A->norm && bf16_native_present();
}

/* Pieces are 32 stored rows: of A, or of its columns where it is turned. */
static size_t
pieces_end(const struct slab *s)
{
	return banded(s) && s->A->turned ? s->K : s->rows;
}

static void
piece_pack(const struct slab *s, size_t r, size_t next)
{
	const struct bf16_source A = {
		.floats = s->A->x, .ld = s->A->ld, .across = s->A->turned,
		.alpha = s->A->alpha
	};

	if (banded(s))
		bf16_band_pack(s->packed, &A, true, r, s->rows, s->K, next);
	else
		strip_pack(s, r);
}

/* From row r on, a multiple of 32. */
static struct bf16_strip
strip_of(const struct slab *s, size_t r)
{
	if (r < s->lying)
		return (struct bf16_strip){
			.data = s->A->half + (s->start + r) * s->A->ld,
			.row = s->A->ld, .step = BF16_BLOCK
		};
	return (struct bf16_strip){
		.data = s->packed + r * s->deep, .row = BF16_BLOCK,
		.step = BF16_BLOCK * BF16_BLOCK
	};
}

/* Part of the result, and the column that probably follows; N: none. */
struct area {
	size_t m, n, rows, columns, after;
};

/* The lines of the next panel to fetch with strip i of them all. */
static struct bf16_next
share_of(const uint16_t *panel, size_t deep, size_t i, size_t strips)
{
	size_t from = i * BF16_BLOCK / strips;

	return (struct bf16_next){
		panel + from * deep, (i + 1) * BF16_BLOCK / strips - from
	};
}

/* 32 columns from n on; fetches those from next on; N: none. */
static void
columns_multiply(const struct bf16_out *out, const struct bf16_unit *unit,
                 const struct slab *s, const uint16_t *packed,
                 const struct area *a, size_t n, size_t next)
{
	size_t width = chunk_length(n, BF16_BLOCK, s->N);
	size_t strips = bf16_round_up(a->rows) / BF16_BLOCK;
	float bias[BF16_BLOCK] = { 0 };
	struct block b;

	if (out->bias)
		memcpy(bias, out->bias + n, width * sizeof *bias);
	for (size_t r = 0; r < a->rows; r += BF16_BLOCK) {
		struct bf16_next share = { .lines = 0 };

		if (next < s->N)
			share = share_of(packed + next * s->deep, s->deep,
			                 r / BF16_BLOCK, strips);
		block_place(&b, out, s->start + a->m + r, n,
		            chunk_length(r, BF16_BLOCK, a->rows), width);
		unit->block(b.sums, bias, strip_of(s, a->m + r),
		            packed + n * s->deep, b.rows,
		            s->deep / BF16_BLOCK, share);
		if (out->before)
			before_put(&b, out);
		if (out->activate)
			out->activate(b.sums, b.sums, b.rows * BF16_BLOCK);
		block_put(&b, out);
	}
}

static void
area_multiply(const struct bf16_out *out, const struct bf16_unit *unit,
              const struct slab *s, const uint16_t *packed, struct area a)
{
	size_t end = a.n + a.columns;

	if (unit->begin)
		unit->begin();
	for (size_t n = a.n; n < end; n += BF16_BLOCK)
		columns_multiply(out, unit, s, packed, &a, n,
		                 n + BF16_BLOCK < end ? n + BF16_BLOCK
		                                      : a.after);
	if (unit->end)
		unit->end();
}

/* The rows, a multiple of 32, that hold about so many elements. */
static size_t
rows_of(size_t elements, size_t K)
{
	size_t rows = elements / bf16_round_up(K) / BF16_BLOCK * BF16_BLOCK;

	return rows > 0 ? rows : BF16_BLOCK;
}

/* Is A so tall that each thread may have rows of its own? */
static bool
tall(size_t M, size_t K)
{
	return M >= TALL * rows_of(ROWS, K);
}

size_t
gemm_bf16_scratch(size_t M, size_t K)
{
	size_t rows = bf16_round_up(M), most = rows_of(ROWS, K);

	if (tall(M, K))
		rows = most * (size_t)omp_get_max_threads();
	return rows * bf16_round_up(K);
}

/* A thread packs some rows, and multiplies them by all columns. */
static void
multiply_tall(const struct bf16_out *out, const struct bf16_unit *unit,
              const struct bf16_in *A, const uint16_t *packed,
              size_t M, size_t N, size_t K, uint16_t *scratch)
{
	size_t most = rows_of(ROWS, K);

	#pragma omp parallel for schedule(dynamic) if (!omp_in_parallel())
	for (size_t start = 0; start < M; start += most) {
		uint16_t *own = scratch + (size_t)omp_get_thread_num() *
			most * bf16_round_up(K);
		const struct slab s = slab_of(A, start,
		                              chunk_length(start, most, M),
		                              N, K, own);

		for (size_t r = s.lying; r < s.rows; r += BF16_BLOCK)
			strip_pack(&s, r);
		area_multiply(out, unit, &s, packed, (struct area){
			.rows = s.rows, .columns = N
		});
	}
}

void
gemm_bf16(const struct bf16_out *out, const struct bf16_unit *unit,
          const struct bf16_in *A, const uint16_t *packed,
          size_t M, size_t N, size_t K, uint16_t *scratch)
{
	const struct slab s = slab_of(A, 0, M, N, K, scratch);
	size_t most = rows_of(ROWS, K), down = (M + most - 1) / most;
	size_t across = (N + COLUMNS - 1) / COLUMNS, end = pieces_end(&s);

	if (scratch && tall(M, K)) {
		multiply_tall(out, unit, A, packed, M, N, K, scratch);
		return;
	}
	if (!chunk_worth_products(M * N * K)) { /* a region costs more */
		for (size_t r = s.lying; r < end; r += BF16_BLOCK)
			piece_pack(&s, r, r + BF16_BLOCK);
		for (size_t m = 0; m < M; m += most)
			area_multiply(out, unit, &s, packed, (struct area){
				.m = m, .rows = chunk_length(m, most, M),
				.columns = N, .after = N
			});
		return;
	}
	#pragma omp parallel
	{
		size_t threads = (size_t)omp_get_num_threads();

		#pragma omp for schedule(dynamic)
		for (size_t r = s.lying; r < end; r += BF16_BLOCK)
			piece_pack(&s, r, r + threads * BF16_BLOCK);
		#pragma omp for schedule(dynamic)
		for (size_t i = 0; i < down * across; i++) {
			size_t m = i / across * most;
			size_t n = i % across * COLUMNS;

			area_multiply(out, unit, &s, packed, (struct area){
				m, n, chunk_length(m, most, M),
				chunk_length(n, COLUMNS, N),
				n + threads * COLUMNS
			});
		}
	}
}

size_t
gemm_rounded_scratch(size_t M, size_t N, size_t K)
{
	return bf16_packed_length(N, K) + gemm_bf16_scratch(M, K);
}

void
gemm_rounded(const struct bf16_out *out, const struct bf16_unit *unit,
             enum gemm_side a, enum gemm_side b,
             size_t M, size_t N, size_t K,
             float alpha, const float *A, size_t lda,
             const float *B, size_t ldb, uint16_t *scratch)
{
	const struct bf16_in in = {
		.x = A, .ld = lda, .alpha = alpha,
		.turned = a == GEMM_TRANSPOSED
	};

	if (b == GEMM_TRANSPOSED)
		bf16_pack(scratch, B, ldb, N, K);
	else
		bf16_pack_across(scratch, B, ldb, N, K);
	gemm_bf16(out, unit, &in, scratch, M, N, K,
	          scratch + bf16_packed_length(N, K));
}

bool
precision_rounds(enum precision precision)
{
	return precision == PRECISION_BF16 ||
	       (precision == PRECISION_AUTO &&
	        bf16_unit_fast(bf16_unit_find(NULL)));
}
