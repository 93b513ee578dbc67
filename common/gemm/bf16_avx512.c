/*
 * Dot products of pairs, of AVX-512's extension for bfloat16: the sums of 8
 * rows by 32 columns stay in registers.
 */
#include "gemm/bf16_unit.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <cpuid.h>
#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx512f,avx512bf16")))

enum { ROWS = 8, PAIRS = 16 };

static bool
present(void)
{
	return __builtin_cpu_supports("avx512f") &&
	       __builtin_cpu_supports("avx512bf16");
}

/*
 * Intel's processors that have tiles, and FP16 besides, take twice as long for
 * these as for products of floats, which are the better choice where a system
 * hides the tiles.
 */
static bool
fast(void)
{
	enum { FEATURES = 7, FP16 = 23 };
	unsigned a, b, c, d;

	return !__builtin_cpu_is("intel") ||
	       !__get_cpuid_count(FEATURES, 0, &a, &b, &c, &d) ||
	       !(d >> FP16 & 1);
}

/* A pair of one row, in all lanes. */
TARGET static inline __m512bh
spread(const uint16_t *a)
{
	int32_t pair;

	memcpy(&pair, a, sizeof pair);
	return (__m512bh)_mm512_set1_epi32(pair);
}

TARGET static inline __m512bh
columns(const uint16_t *b)
{
	return (__m512bh)_mm512_loadu_si512(b);
}

TARGET static void
rows_multiply(float *sums, const float *bias, const uint16_t *a, size_t row,
              size_t step, const uint16_t *b, size_t steps,
              struct bf16_next next)
{
	__m512 left[ROWS], right[ROWS];

	for (size_t r = 0; r < ROWS; r++) {
		left[r] = _mm512_loadu_ps(bias);
		right[r] = _mm512_loadu_ps(bias + BF16_TILE);
	}
	for (size_t i = 0; i < steps; i++) {
		next.data = bf16_fetch(next.data, next.lines);
		for (size_t k = 0; k < PAIRS; k++) {
			__m512bh l = columns(b + k * BF16_BLOCK);
			__m512bh g = columns(b + k * BF16_BLOCK +
			                     BF16_TILE_LENGTH);

			for (size_t r = 0; r < ROWS; r++) {
				__m512bh p = spread(a + r * row + 2 * k);

				left[r] = _mm512_dpbf16_ps(left[r], p, l);
				right[r] = _mm512_dpbf16_ps(right[r], p, g);
			}
		}
		a += step;
		b += BF16_STEP_LENGTH;
	}
	for (size_t r = 0; r < ROWS; r++, sums += BF16_BLOCK) {
		_mm512_storeu_ps(sums, left[r]);
		_mm512_storeu_ps(sums + BF16_TILE, right[r]);
	}
}

static void
block(float *sums, const float *bias, struct bf16_strip strip,
      const uint16_t *panel, size_t rows, size_t steps,
      struct bf16_next next)
{
	size_t groups = (rows + ROWS - 1) / ROWS, left = next.lines;

	for (size_t r = 0; r < rows; r += ROWS, groups--) {
		next.lines = (left + groups - 1) / groups;
		left -= next.lines;
		rows_multiply(sums + r * BF16_BLOCK, bias,
		              strip.data + r * strip.row, strip.row,
		              strip.step, panel, steps, next);
		if (next.lines > 0)
			next.data += steps * next.lines * BF16_LINE;
	}
}

const struct bf16_unit bf16_avx512 = {
	.name = "avx512", .present = present, .fast = fast, .block = block
};

#else

static bool
absent(void)
{
	return false;
}

const struct bf16_unit bf16_avx512 = { .name = "avx512", .present = absent };

#endif
