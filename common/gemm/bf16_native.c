#include "core/half.h"
#include "core/vector.h"
#include "gemm/bf16_native.h"

VECTORISED static void
plain_round(uint16_t *y, const float *x, size_t n, float alpha)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++)
		y[i] = bfloat_from_float(alpha * x[i]);
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512bf16")))
#define INLINE TARGET static inline __attribute__((always_inline))

bool
bf16_native_present(void)
{
	return __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512bf16");
}

/* The first n lanes of 32, or of 16. */
INLINE __mmask32
first(size_t n)
{
	return n < BF16_BLOCK ? ((__mmask32)1 << n) - 1 : (__mmask32)-1;
}

/* Sixteen pairs of 32 neighbours; those that are in. */
INLINE __m512i
pairs_along(const float *x, __mmask32 in, __m512 alpha)
{
	__m512 low = _mm512_maskz_loadu_ps((__mmask16)in, x);
	__m512 high = _mm512_maskz_loadu_ps((__mmask16)(in >> BF16_TILE),
	                                    x + BF16_TILE);

	return (__m512i)_mm512_cvtne2ps_pbh(_mm512_mul_ps(alpha, high),
	                                    _mm512_mul_ps(alpha, low));
}

/* Sixteen pairs, each of a float and the one ld further, if both exist. */
INLINE __m512i
pairs_across(const float *x, size_t ld, bool both, __mmask16 in, __m512 alpha)
{
	__m512 even = _mm512_maskz_loadu_ps(in, x), odd = _mm512_setzero_ps();
	__m256i low, high;

	if (both)
		odd = _mm512_maskz_loadu_ps(in, x + ld);
	low = (__m256i)_mm512_cvtneps_pbh(_mm512_mul_ps(alpha, even));
	high = (__m256i)_mm512_cvtneps_pbh(_mm512_mul_ps(alpha, odd));
	return _mm512_or_si512(_mm512_cvtepu16_epi32(low),
	                       _mm512_slli_epi32(_mm512_cvtepu16_epi32(high),
	                                         16));
}

/* The same of bfloats. */
INLINE __m512i
halves_across(const uint16_t *x, size_t ld, bool both, __mmask16 in)
{
	__m512i even = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(
		_mm512_maskz_loadu_epi16(in, x)));

	if (!both)
		return even;
	return _mm512_or_si512(even, _mm512_slli_epi32(
		_mm512_cvtepu16_epi32(_mm512_castsi512_si256(
			_mm512_maskz_loadu_epi16(in, x + ld))), 16));
}

/* Of n rows, 16 or fewer, the first 32 or fewer; rows beyond are zeros. */
INLINE void
rows_along(__m512i row[BF16_TILE], const struct bf16_source *s, size_t at,
           size_t n, size_t depth)
{
	__m512 alpha = _mm512_set1_ps(s->alpha);

	for (size_t i = 0; i < BF16_TILE; i++, at += s->ld)
		row[i] = i >= n ? _mm512_setzero_si512()
			: s->halves ? _mm512_maskz_loadu_epi16(first(depth),
			                                       s->halves + at)
			: pairs_along(s->floats + at, first(depth), alpha);
}

/* The same of pairs of rows, depth rows in all: n columns of them. */
INLINE void
rows_across(__m512i row[BF16_TILE], const struct bf16_source *s, size_t at,
            size_t n, size_t depth)
{
	__m512 alpha = _mm512_set1_ps(s->alpha);
	__mmask16 in = (__mmask16)first(n);

	for (size_t k = 0, i = 0; i < BF16_TILE; i++, k += 2, at += 2 * s->ld)
		row[i] = k >= depth ? _mm512_setzero_si512()
			: s->halves ? halves_across(s->halves + at, s->ld,
			                            depth - k > 1, in)
			: pairs_across(s->floats + at, s->ld, depth - k > 1,
			               in, alpha);
}

/* Four rows in a quarter each of four, from those of r that are step apart. */
INLINE void
quarters(__m512i *to, const __m512i *r)
{
	__m512i a = _mm512_unpacklo_epi32(r[0], r[1]);
	__m512i b = _mm512_unpackhi_epi32(r[0], r[1]);
	__m512i c = _mm512_unpacklo_epi32(r[2], r[3]);
	__m512i d = _mm512_unpackhi_epi32(r[2], r[3]);

	to[0] = _mm512_unpacklo_epi64(a, c);
	to[1] = _mm512_unpackhi_epi64(a, c);
	to[2] = _mm512_unpacklo_epi64(b, d);
	to[3] = _mm512_unpackhi_epi64(b, d);
}

/* Rows of sixteen pairs become columns. */
INLINE void
turn(__m512i row[BF16_TILE])
{
	enum { EVEN = 0x88, ODD = 0xdd }; /* quarters of two */
	__m512i q[BF16_TILE];

	for (size_t i = 0; i < BF16_TILE; i += 4)
		quarters(q + i, row + i);
	for (size_t i = 0; i < 4; i++) {
		__m512i a = _mm512_shuffle_i32x4(q[i], q[4 + i], EVEN);
		__m512i b = _mm512_shuffle_i32x4(q[i], q[4 + i], ODD);
		__m512i c = _mm512_shuffle_i32x4(q[8 + i], q[12 + i], EVEN);
		__m512i d = _mm512_shuffle_i32x4(q[8 + i], q[12 + i], ODD);

		row[i] = _mm512_shuffle_i32x4(a, c, EVEN);
		row[4 + i] = _mm512_shuffle_i32x4(b, d, EVEN);
		row[8 + i] = _mm512_shuffle_i32x4(a, c, ODD);
		row[12 + i] = _mm512_shuffle_i32x4(b, d, ODD);
	}
}

/* Sixteen rows, or columns, of which n exist, at depth of K. */
INLINE void
sixteen_pack(uint16_t *to, const struct bf16_source *s, size_t at, bool strip,
             size_t n, size_t depth)
{
	__m512i row[BF16_TILE];

	if (s->across)
		rows_across(row, s, at, n, depth);
	else
		rows_along(row, s, at, n, depth);
	if (strip == s->across)
		turn(row);
	for (size_t i = 0; i < BF16_TILE; i++)
		_mm512_storeu_si512(to + i * BF16_BLOCK, row[i]);
}

/* Whole blocks get code of their own. */
INLINE void
block_pack(uint16_t *to, const struct bf16_source *s, size_t at, bool strip,
           size_t n, size_t depth)
{
	bool whole = n == BF16_BLOCK && depth == BF16_BLOCK;

	for (size_t i = 0; i < BF16_BLOCK; i += BF16_TILE) {
		if (whole)
			sixteen_pack(to, s, at, strip, BF16_TILE, BF16_BLOCK);
		else
			sixteen_pack(to, s, at, strip, n > i ? n - i : 0,
			             depth);
		at += BF16_TILE * (s->across ? 1 : s->ld);
		to += BF16_TILE_LENGTH;
	}
}

/* And so do each kind and order. */
TARGET static void
pack(uint16_t *to, const struct bf16_source *s, size_t at, bool strip,
     size_t n, size_t depth)
{
	const struct bf16_source
		along = { .floats = s->floats, .ld = s->ld,
		          .alpha = s->alpha },
		across = { .floats = s->floats, .ld = s->ld,
		           .alpha = s->alpha, .across = true },
		halves = { .halves = s->halves, .ld = s->ld },
		halves_across = { .halves = s->halves, .ld = s->ld,
		                  .across = true };

	if (s->floats && s->across)
		block_pack(to, &across, at, strip, n, depth);
	else if (s->floats)
		block_pack(to, &along, at, strip, n, depth);
	else if (s->across)
		block_pack(to, &halves_across, at, strip, n, depth);
	else
		block_pack(to, &halves, at, strip, n, depth);
}

TARGET static void
put(uint16_t *y, size_t ld, const float *sums, size_t rows)
{
	__m512 one = _mm512_set1_ps(1);

	for (size_t m = 0; m < rows; m++)
		_mm512_storeu_si512(y + m * ld,
		                    pairs_along(sums + m * BF16_BLOCK,
		                                first(BF16_BLOCK), one));
}

void
bf16_native_pack(uint16_t *to, const struct bf16_source *s, size_t at,
                 bool strip, size_t n, size_t depth)
{
	if (strip)
		pack(to, s, at, true, n, depth);
	else
		pack(to, s, at, false, n, depth);
}

void
bf16_native_put(uint16_t *y, size_t ld, const float *sums, size_t rows)
{
	put(y, ld, sums, rows);
}

TARGET static void
native_round(uint16_t *y, const float *x, size_t n, float alpha)
{
	__m512 factor = _mm512_set1_ps(alpha);

	for (size_t i = 0; i < n; i += BF16_BLOCK) {
		__mmask32 in = first(n - i);

		_mm512_mask_storeu_epi16(y + i, in,
		                         pairs_along(x + i, in, factor));
	}
}

void
bf16_round(uint16_t *y, const float *x, size_t n, float alpha)
{
	if (bf16_native_present())
		native_round(y, x, n, alpha);
	else
		plain_round(y, x, n, alpha);
}

#else

void
bf16_round(uint16_t *y, const float *x, size_t n, float alpha)
{
	plain_round(y, x, n, alpha);
}

bool
bf16_native_present(void)
{
	return false;
}

void
bf16_native_pack(uint16_t *to, const struct bf16_source *s, size_t at,
                 bool strip, size_t n, size_t depth)
{
	(void)to, (void)s, (void)at, (void)strip, (void)n, (void)depth;
}

void
bf16_native_put(uint16_t *y, size_t ld, const float *sums, size_t rows)
{
	(void)y, (void)ld, (void)sums, (void)rows;
}

#endif
