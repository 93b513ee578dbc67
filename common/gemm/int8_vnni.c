/*
 * Dot products of four bytes, of AVX-512's VNNI: the sums of 8 rows by 32
 * columns stay in registers.
 */
#include "gemm/int8_unit.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx512f,avx512vnni")))

enum { ROWS = 8, QUADS = 16 };

static bool
present(void)
{
	return __builtin_cpu_supports("avx512f") &&
	       __builtin_cpu_supports("avx512vnni");
}

/* Four numbers of a row, in all lanes. */
TARGET static inline __m512i
spread(const uint8_t *q)
{
	int32_t four;

	memcpy(&four, q, sizeof four);
	return _mm512_set1_epi32(four);
}

TARGET static void
rows_multiply(int32_t *sums, const uint8_t *q, size_t ldq,
              const int8_t *panel, size_t steps)
{
	__m512i left[ROWS], right[ROWS];

	for (size_t r = 0; r < ROWS; r++)
		left[r] = right[r] = _mm512_setzero_si512();
	for (size_t i = 0; i < steps; i++, panel += INT8_STEP_LENGTH)
		for (size_t k = 0; k < QUADS; k++, q += 4) {
			const int8_t *w = panel + k * INT8_STEP;
			__m512i l = _mm512_loadu_si512(w);
			__m512i g = _mm512_loadu_si512(w + INT8_TILE_LENGTH);

			for (size_t r = 0; r < ROWS; r++) {
				__m512i a = spread(q + r * ldq);

				left[r] = _mm512_dpbusd_epi32(left[r], a, l);
				right[r] = _mm512_dpbusd_epi32(right[r], a, g);
			}
		}
	for (size_t r = 0; r < ROWS; r++, sums += INT8_BLOCK) {
		_mm512_storeu_si512(sums, left[r]);
		_mm512_storeu_si512(sums + INT8_TILE, right[r]);
	}
}

static void
block(int32_t *sums, const uint8_t *q, size_t ldq, const int8_t *panel,
      size_t rows, size_t steps)
{
	for (size_t r = 0; r < rows; r += ROWS)
		rows_multiply(sums + r * INT8_BLOCK, q + r * ldq, ldq, panel,
		              steps);
}

const struct int8_unit int8_vnni = {
	.name = "vnni", .present = present, .block = block
};

#else

static bool
absent(void)
{
	return false;
}

const struct int8_unit int8_vnni = { .name = "vnni", .present = absent };

#endif
