#include "nn/chunk.h"
#include "nn/gemm_panel.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f")))
#define INLINE TARGET __attribute__((always_inline)) static inline

enum { LANES = 16, COLUMNS = 2 * LANES, ROWS = 8 };

/*
 * What a thread does at a time: so many rows, so much of K.  A panel is the
 * size of a first cache, the rows fit the second.
 */
enum { CHUNK = 256, DEPTH = 256 };

enum { WORTH = 1 << 24, ROWS_LEAST = 32 }; /* multiplications */

/* Columns of a panel that are there, left and right. */
struct columns {
	__mmask16 left, right;
};

/* Part of a weight: n rows, ld apart, depth floats of each. */
struct part {
	const float *weight;
	size_t ld, n, depth;
};

static __mmask16
first(size_t n)
{
	return (__mmask16)(n < LANES ? (1u << n) - 1 : 0xffff);
}

/* Rows of v become its columns. */
INLINE void
transpose(__m512 v[LANES])
{
	__m512 t[LANES];

	for (int i = 0; i < LANES; i += 2) {
		t[i] = _mm512_unpacklo_ps(v[i], v[i + 1]);
		t[i + 1] = _mm512_unpackhi_ps(v[i], v[i + 1]);
	}
	for (int i = 0; i < LANES; i++) {
		int from = i / 4 * 4 + i % 4 / 2;
		__m512d a = _mm512_castps_pd(t[from]);
		__m512d b = _mm512_castps_pd(t[from + 2]);

		v[i] = _mm512_castpd_ps(i % 2 ? _mm512_unpackhi_pd(a, b)
		                              : _mm512_unpacklo_pd(a, b));
	}
	for (int i = 0; i < LANES; i++) {
		int from = i / 8 * 8 + i % 4;

		t[i] = i % 8 < 4
			? _mm512_shuffle_f32x4(v[from], v[from + 4], 0x88)
			: _mm512_shuffle_f32x4(v[from], v[from + 4], 0xdd);
	}
	for (int i = 0; i < LANES; i++)
		v[i] = i < 8 ? _mm512_shuffle_f32x4(t[i], t[i + 8], 0x88)
		             : _mm512_shuffle_f32x4(t[i - 8], t[i], 0xdd);
}

/* panel [K up to 16's multiple,32] = weight^T; rows of that from n on. */
TARGET static void
panel_pack(float *panel, const float *weight, size_t ldw, size_t n, size_t K)
{
	for (size_t k = 0; k < K; k += LANES)
		for (size_t side = 0; side < COLUMNS; side += LANES) {
			__mmask16 there = first(K - k);
			__m512 v[LANES];

			for (size_t i = 0; i < LANES; i++)
				v[i] = side + i >= n ? _mm512_setzero_ps()
					: _mm512_maskz_loadu_ps(there, weight +
						(side + i) * ldw + k);
			transpose(v);
			for (size_t i = 0; i < LANES; i++)
				_mm512_storeu_ps(panel + (k + i) * COLUMNS +
				                 side, v[i]);
		}
}

/* y += x panel, or from bias on; ROWS or fewer rows, a constant. */
INLINE void
tile(float *y, size_t ldy, const float *x, size_t ldx, const float *panel,
     const float *bias, bool onto, struct columns there, size_t K,
     const size_t rows)
{
	__m512 left[ROWS], right[ROWS];

	for (size_t r = 0; r < rows; r++) {
		const float *start = onto ? y + r * ldy : bias;

		left[r] = start ? _mm512_maskz_loadu_ps(there.left, start)
		                : _mm512_setzero_ps();
		right[r] = !start ? _mm512_setzero_ps()
			: _mm512_maskz_loadu_ps(there.right, start + LANES);
	}
	for (size_t k = 0; k < K; k++) {
		__m512 l = _mm512_loadu_ps(panel + k * COLUMNS);
		__m512 g = _mm512_loadu_ps(panel + k * COLUMNS + LANES);

		for (size_t r = 0; r < rows; r++) {
			__m512 a = _mm512_set1_ps(x[r * ldx + k]);

			left[r] = _mm512_fmadd_ps(a, l, left[r]);
			right[r] = _mm512_fmadd_ps(a, g, right[r]);
		}
	}
	for (size_t r = 0; r < rows; r++) {
		_mm512_mask_storeu_ps(y + r * ldy, there.left, left[r]);
		_mm512_mask_storeu_ps(y + r * ldy + LANES, there.right,
		                      right[r]);
	}
}

TARGET static void
prefetch(const float *row, size_t depth)
{
	for (size_t k = 0; k < depth; k += LANES)
		_mm_prefetch(row + k, _MM_HINT_T0);
}

/* All rows; on the way next, what is to be packed then, is fetched. */
TARGET static void
tiles(float *y, size_t ldy, const float *x, size_t ldx, const float *panel,
      const float *bias, bool onto, struct columns there, size_t K,
      size_t rows, struct part next)
{
	for (; rows >= ROWS; rows -= ROWS, y += ROWS * ldy, x += ROWS * ldx) {
		if (next.n > 0)
			prefetch(next.weight + --next.n * next.ld, next.depth);
		tile(y, ldy, x, ldx, panel, bias, onto, there, K, ROWS);
	}
	for (; rows >= 2; rows -= 2, y += 2 * ldy, x += 2 * ldx)
		tile(y, ldy, x, ldx, panel, bias, onto, there, K, 2);
	if (rows)
		tile(y, ldy, x, ldx, panel, bias, onto, there, K, 1);
}

/*
 * n columns of y, COLUMNS or fewer.  after is the beginning of the next panel,
 * which this thread, or another that shares a cache with it, takes up then.
 */
static void
panel_multiply(float *y, size_t ldy, const float *x, size_t ldx,
               const float *weight, const float *bias, size_t rows, size_t n,
               size_t K, struct part after)
{
	float panel[DEPTH * COLUMNS];
	struct columns there = { first(n), n > LANES ? first(n - LANES) : 0 };

	for (size_t k = 0; k < K; k += DEPTH) {
		size_t depth = chunk_length(k, DEPTH, K);
		size_t rest = K - k - depth;
		struct part next = { weight + k + depth, K, n,
		                     rest < DEPTH ? rest : DEPTH };

		panel_pack(panel, weight + k, K, n, depth);
		tiles(y, ldy, x + k, ldx, panel, bias, k > 0, there, depth,
		      rows, rest > 0 ? next : after);
	}
}

bool
gemm_panel(float *y, size_t ldy, const float *x, size_t ldx,
           const float *weight, const float *bias,
           size_t M, size_t N, size_t K)
{
	size_t panels = (N + COLUMNS - 1) / COLUMNS;
	size_t chunks = (M + CHUNK - 1) / CHUNK;

	if (M < ROWS_LEAST || K == 0 || M * N < WORTH / K + 1 ||
	    omp_get_level() > 0 || !__builtin_cpu_supports("avx512f"))
		return false;

	#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < chunks * panels; i++) {
		size_t m = i / panels * CHUNK, n = i % panels * COLUMNS;
		size_t columns = chunk_length(n, COLUMNS, N);
		size_t after = n + columns < N ? n + columns : 0;

		panel_multiply(y + m * ldy + n, ldy, x + m * ldx, ldx,
		               weight + n * K, bias ? bias + n : NULL,
		               chunk_length(m, CHUNK, M), columns, K,
		               (struct part){
		                   weight + after * K, K,
		                   chunk_length(after, COLUMNS, N),
		                   chunk_length(0, DEPTH, K)
		               });
	}
	return true;
}

#else

bool
gemm_panel(float *y, size_t ldy, const float *x, size_t ldx,
           const float *weight, const float *bias,
           size_t M, size_t N, size_t K)
{
	(void)y, (void)ldy, (void)x, (void)ldx, (void)weight, (void)bias;
	(void)M, (void)N, (void)K;
	return false;
}

#endif
