#include "core/chunk.h"
#include "gemm/gemm_panel.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f")))
#define INLINE TARGET __attribute__((always_inline)) static inline

enum { LANES = 16, COLUMNS = 2 * LANES, ROWS = 8 };

/*
 * What a thread does at a time: up to so many rows, so much of K, so many
 * columns.  So much of the rows fits a second cache, a panel nearly the first.
 */
enum { CHUNK = 256, DEPTH = 384, GROUP = 4 * COLUMNS };

enum { WORTH = 1 << 24, ROWS_LEAST = 32 }; /* multiplications */

_Static_assert(ROWS_LEAST >= 3 * ROWS && CHUNK >= 2 * ROWS_LEAST,
               "shared out evenly, no tile is of fewer than ROWS - 2");

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

/* Brings a line of each row of a part, at k, nearer. */
INLINE void
fetch(struct part p, size_t k)
{
	for (size_t m = 0; m < p.n && k < p.depth; m++)
		_mm_prefetch(p.weight + m * p.ld + k, _MM_HINT_T0);
}

/*
 * y += x panel, or from bias on; ROWS or fewer rows, a constant.  On the way
 * soon is fetched, little by little: many lines at once would hold up others.
 */
INLINE void
tile(float *y, size_t ldy, const float *x, size_t ldx, const float *panel,
     const float *bias, bool onto, struct columns there, size_t K,
     const size_t rows, struct part soon)
{
	__m512 left[ROWS], right[ROWS];

	for (size_t r = 0; r < rows; r++) {
		const float *start = onto ? y + r * ldy : bias;

		left[r] = start ? _mm512_maskz_loadu_ps(there.left, start)
		                : _mm512_setzero_ps();
		right[r] = !start ? _mm512_setzero_ps()
			: _mm512_maskz_loadu_ps(there.right, start + LANES);
	}
	for (size_t k = 0; k < K;) {
		size_t end = k + chunk_length(k, LANES, K);

		fetch(soon, k);
		for (; k < end; k++) {
			__m512 l = _mm512_loadu_ps(panel + k * COLUMNS);
			__m512 g = _mm512_loadu_ps(panel + k * COLUMNS + LANES);

			for (size_t r = 0; r < rows; r++) {
				__m512 a = _mm512_set1_ps(x[r * ldx + k]);

				left[r] = _mm512_fmadd_ps(a, l, left[r]);
				right[r] = _mm512_fmadd_ps(a, g, right[r]);
			}
		}
	}
	for (size_t r = 0; r < rows; r++) {
		_mm512_mask_storeu_ps(y + r * ldy, there.left, left[r]);
		_mm512_mask_storeu_ps(y + r * ldy + LANES, there.right,
		                      right[r]);
	}
}

/* All rows, in tiles as even as can be; on the way next is fetched. */
TARGET static void
tiles(float *y, size_t ldy, const float *x, size_t ldx, const float *panel,
      const float *bias, bool onto, struct columns there, size_t K,
      size_t rows, struct part next)
{
	size_t count = (rows + ROWS - 1) / ROWS;

	for (size_t i = 0; i < count; i++) {
		size_t from = i * rows / count;
		size_t height = (i + 1) * rows / count - from;
		float *to = y + from * ldy;
		const float *a = x + from * ldx;
		size_t m = i * next.n / count;
		struct part soon = {
			next.weight + m * next.ld, next.ld,
			(i + 1) * next.n / count - m, next.depth
		};

		if (height == ROWS)
			tile(to, ldy, a, ldx, panel, bias, onto, there, K,
			     ROWS, soon);
		else if (height == ROWS - 1)
			tile(to, ldy, a, ldx, panel, bias, onto, there, K,
			     ROWS - 1, soon);
		else
			tile(to, ldy, a, ldx, panel, bias, onto, there, K,
			     ROWS - 2, soon);
	}
}

/* The part at column n and at k, of N columns and K in all. */
static struct part
part_at(const float *weight, size_t n, size_t N, size_t k, size_t K)
{
	return (struct part){
		.weight = weight + n * K + k, .ld = K,
		.n = chunk_length(n, COLUMNS, N),
		.depth = chunk_length(k, DEPTH, K)
	};
}

/*
 * N columns of y, which take turns at each part of K, so that this part of x
 * stays in the second cache.  after is the beginning of the next columns, which
 * this thread, or another that shares a cache with it, takes up then.
 */
static void
group_multiply(float *y, size_t ldy, const float *x, size_t ldx,
               const float *weight, const float *bias, size_t rows, size_t N,
               size_t K, struct part after)
{
	_Alignas(64) float panel[DEPTH * COLUMNS];

	for (size_t k = 0; k < K; k += DEPTH)
		for (size_t n = 0; n < N; n += COLUMNS) {
			struct part p = part_at(weight, n, N, k, K);
			struct part next = after;
			struct columns there = {
				first(p.n), p.n > LANES ? first(p.n - LANES) : 0
			};

			if (n + COLUMNS < N)
				next = part_at(weight, n + COLUMNS, N, k, K);
			else if (k + DEPTH < K)
				next = part_at(weight, 0, N, k + DEPTH, K);
			panel_pack(panel, p.weight, K, p.n, p.depth);
			tiles(y + n, ldy, x + k, ldx, panel,
			      bias ? bias + n : NULL, k > 0, there, p.depth,
			      rows, next);
		}
}

bool
gemm_panel(float *y, size_t ldy, const float *x, size_t ldx,
           const float *weight, const float *bias,
           size_t M, size_t N, size_t K)
{
	size_t groups = (N + GROUP - 1) / GROUP;
	size_t chunks = (M + CHUNK - 1) / CHUNK;

	if (M < ROWS_LEAST || K == 0 || M * N < WORTH / K + 1 ||
	    omp_get_level() > 0 || !__builtin_cpu_supports("avx512f"))
		return false;

	#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < chunks * groups; i++) {
		size_t m = i / groups * M / chunks, n = i % groups * GROUP;
		size_t end = (i / groups + 1) * M / chunks;
		size_t after = n + GROUP < N ? n + GROUP : 0;

		group_multiply(y + m * ldy + n, ldy, x + m * ldx, ldx,
		               weight + n * K, bias ? bias + n : NULL, end - m,
		               chunk_length(n, GROUP, N), K,
		               part_at(weight, after, N, 0, K));
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
