/*
 * AVX2: numbers become 16 bits wide, since its products of bytes saturate.  The
 * sums of 4 rows by 8 columns stay in registers, in two halves each.
 */
#include "gemm/int8_unit.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2")))

enum {
	ROWS = 4, QUADS = 16,
	VECTORS = 2, COLUMNS = 8, /* of sums, and what they hold */
	SLICE = 8                 /* steps whose wide rows fit the stack */
};

static bool
present(void)
{
	return __builtin_cpu_supports("avx2");
}

/* Four columns, of 4 numbers each, as 16 bits. */
TARGET static inline __m256i
columns(const int8_t *w)
{
	return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)
	                                            (const void *)w));
}

/* Four numbers of a row, in all lanes. */
TARGET static inline __m256i
spread(const int16_t *q)
{
	int64_t four;

	memcpy(&four, q, sizeof four);
	return _mm256_set1_epi64x(four);
}

/* Adds to 8 sums from the halves of two vectors. */
TARGET static inline void
put(int32_t *sums, __m256i a, __m256i b)
{
	__m256i *at = (__m256i *)(void *)sums;
	__m256i both = _mm256_permute4x64_epi64(_mm256_hadd_epi32(a, b),
	                                        0xd8);

	_mm256_storeu_si256(at, _mm256_add_epi32(_mm256_loadu_si256(at),
	                                         both));
}

/* Keeps GCC from computing all products first, for which registers lack. */
TARGET static inline __m256i
settled(__m256i x)
{
	__asm__ volatile ("" : "+x" (x));
	return x;
}

/* Adds 8 columns of a tile; wide [ROWS][width]. */
TARGET static inline void
columns_multiply(int32_t *sums, const int16_t *wide, size_t width,
                 const int8_t *tile, size_t steps)
{
	__m256i sum[ROWS][VECTORS];

	for (size_t r = 0; r < ROWS; r++)
		for (size_t v = 0; v < VECTORS; v++)
			sum[r][v] = _mm256_setzero_si256();
	for (size_t i = 0; i < steps; i++, tile += INT8_STEP_LENGTH)
		for (size_t k = 0; k < QUADS; k++, wide += 4) {
			const int8_t *w = tile + k * INT8_STEP;
			__m256i left = columns(w), right = columns(w + 16);

			for (size_t r = 0; r < ROWS; r++) {
				__m256i q = spread(wide + r * width);

				sum[r][0] = settled(_mm256_add_epi32(
					sum[r][0],
					_mm256_madd_epi16(q, left)));
				sum[r][1] = settled(_mm256_add_epi32(
					sum[r][1],
					_mm256_madd_epi16(q, right)));
			}
		}
	for (size_t r = 0; r < ROWS; r++)
		put(sums + r * INT8_BLOCK, sum[r][0], sum[r][1]);
}

/* ROWS rows over a slice of K; of rows beyond count, the last is taken. */
TARGET static void
slice_multiply(int32_t *sums, const uint8_t *q, size_t ldq, size_t count,
               const int8_t *panel, size_t steps)
{
	int16_t wide[ROWS * SLICE * INT8_STEP];
	size_t width = steps * INT8_STEP;

	for (size_t r = 0; r < ROWS; r++) {
		const uint8_t *row = q + (r < count ? r : count - 1) * ldq;

		for (size_t k = 0; k < width; k++)
			wide[r * width + k] = row[k];
	}
	for (size_t n = 0; n < INT8_BLOCK; n += COLUMNS)
		columns_multiply(sums + n, wide, width,
		                 panel + n / INT8_TILE * INT8_TILE_LENGTH +
		                 n % INT8_TILE * 4, steps);
}

TARGET static void
block(int32_t *sums, const uint8_t *q, size_t ldq, const int8_t *panel,
      size_t rows, size_t steps)
{
	memset(sums, 0, INT8_BLOCK * INT8_BLOCK * sizeof *sums);
	for (size_t i = 0; i < steps; i += SLICE)
		for (size_t r = 0; r < rows; r += ROWS)
			slice_multiply(sums + r * INT8_BLOCK,
			               q + r * ldq + i * INT8_STEP, ldq,
			               rows - r, panel + i * INT8_STEP_LENGTH,
			               steps - i < SLICE ? steps - i : SLICE);
}

const struct int8_unit int8_avx2 = {
	.name = "avx2", .present = present, .block = block
};

#else

static bool
absent(void)
{
	return false;
}

const struct int8_unit int8_avx2 = { .name = "avx2", .present = absent };

#endif
