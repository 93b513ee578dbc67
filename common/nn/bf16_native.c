#include "nn/bf16_native.h"
#include "nn/bf16_unit.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512bf16")))
#define INLINE TARGET static inline __attribute__((always_inline))

static bool
present(void)
{
	return __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512bf16");
}

/* Sixteen pairs, of floats that lie together. */
INLINE __m512i
pairs_along(const float *x, __m512 alpha)
{
	__m512 low = _mm512_mul_ps(alpha, _mm512_loadu_ps(x));
	__m512 high = _mm512_mul_ps(alpha, _mm512_loadu_ps(x + BF16_TILE));

	return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

/* Sixteen pairs, each of a float and the one ld further. */
INLINE __m512i
pairs_across(const float *x, size_t ld, __m512 alpha)
{
	__m512 even = _mm512_mul_ps(alpha, _mm512_loadu_ps(x));
	__m512 odd = _mm512_mul_ps(alpha, _mm512_loadu_ps(x + ld));
	__m256i low = (__m256i)_mm512_cvtneps_pbh(even);
	__m256i high = (__m256i)_mm512_cvtneps_pbh(odd);

	return _mm512_or_si512(_mm512_cvtepu16_epi32(low),
	                       _mm512_slli_epi32(_mm512_cvtepu16_epi32(high),
	                                         16));
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

/* Rows of sixteen pairs become columns, step elements apart. */
INLINE void
turned_put(uint16_t *to, size_t step, const __m512i *row)
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

		_mm512_storeu_si512(to + i * step,
		                    _mm512_shuffle_i32x4(a, c, EVEN));
		_mm512_storeu_si512(to + (4 + i) * step,
		                    _mm512_shuffle_i32x4(b, d, EVEN));
		_mm512_storeu_si512(to + (8 + i) * step,
		                    _mm512_shuffle_i32x4(a, c, ODD));
		_mm512_storeu_si512(to + (12 + i) * step,
		                    _mm512_shuffle_i32x4(b, d, ODD));
	}
}

/* Sixteen of the other order, each of 32 of K, are turned. */
INLINE void
sixteen_turn(uint16_t *to, const float *x, size_t ld, bool across,
             __m512 alpha)
{
	__m512i row[BF16_TILE];

	for (size_t i = 0; i < BF16_TILE; i++)
		row[i] = across ? pairs_across(x + 2 * i * ld, ld, alpha)
		                : pairs_along(x + i * ld, alpha);
	turned_put(to, BF16_BLOCK, row);
}

TARGET static void
strip(uint16_t *to, const float *x, size_t ld, bool turned, float scale)
{
	__m512 alpha = _mm512_set1_ps(scale);

	if (turned) {
		sixteen_turn(to, x, ld, true, alpha);
		sixteen_turn(to + BF16_TILE_LENGTH, x + BF16_TILE, ld, true,
		             alpha);
		return;
	}
	for (size_t m = 0; m < BF16_BLOCK; m++)
		_mm512_storeu_si512(to + m * BF16_BLOCK,
		                    pairs_along(x + m * ld, alpha));
}

TARGET static void
tile(uint16_t *to, const float *B, size_t ld, bool across)
{
	__m512 one = _mm512_set1_ps(1);

	if (!across) {
		sixteen_turn(to, B, ld, false, one);
		return;
	}
	for (size_t k = 0; k < BF16_TILE; k++)
		_mm512_storeu_si512(to + k * BF16_BLOCK,
		                    pairs_across(B + 2 * k * ld, ld, one));
}

TARGET static void
put(uint16_t *y, size_t ld, const float *sums, size_t rows)
{
	__m512 one = _mm512_set1_ps(1);

	for (size_t m = 0; m < rows; m++)
		_mm512_storeu_si512(y + m * ld,
		                    pairs_along(sums + m * BF16_BLOCK, one));
}

bool
bf16_native_strip(uint16_t *to, const float *x, size_t ld, bool turned,
                  float alpha)
{
	if (!present())
		return false;
	strip(to, x, ld, turned, alpha);
	return true;
}

bool
bf16_native_tile(uint16_t *to, const float *B, size_t ld, bool across)
{
	if (!present())
		return false;
	tile(to, B, ld, across);
	return true;
}

bool
bf16_native_put(uint16_t *y, size_t ld, const float *sums, size_t rows)
{
	if (!present())
		return false;
	put(y, ld, sums, rows);
	return true;
}

#else

bool
bf16_native_strip(uint16_t *to, const float *x, size_t ld, bool turned,
                  float alpha)
{
	(void)to, (void)x, (void)ld, (void)turned, (void)alpha;
	return false;
}

bool
bf16_native_tile(uint16_t *to, const float *B, size_t ld, bool across)
{
	(void)to, (void)B, (void)ld, (void)across;
	return false;
}

bool
bf16_native_put(uint16_t *y, size_t ld, const float *sums, size_t rows)
{
	(void)y, (void)ld, (void)sums, (void)rows;
	return false;
}

#endif
