/* Any processor: pairs are taken apart, and multiplied as floats. */
#include "core/half.h"
#include "core/vector.h"
#include "gemm/bf16_unit.h"

enum { ROWS = 4, PAIRS = 16 };

typedef uint32_t words __attribute__((vector_size(4 * FLOATS), aligned(2),
                                      may_alias));

static bool
present(void)
{
	return true;
}

/* Of four rows and one tile's columns. */
static inline __attribute__((always_inline)) void
rows_multiply(float *sums, const float *bias, const uint16_t *a, size_t row,
              size_t step, const uint16_t *b, size_t steps)
{
	floats sum[ROWS];

	for (size_t r = 0; r < ROWS; r++)
		sum[r] = *(const floats *)bias;
	for (size_t i = 0; i < steps; i++) {
		for (size_t k = 0; k < PAIRS; k++) {
			words both = *(const words *)(b + k * BF16_BLOCK);
			words even = both << 16, odd = both & 0xffff0000u;

			for (size_t r = 0; r < ROWS; r++) {
				const uint16_t *p = a + r * row + 2 * k;

				sum[r] += bfloat_to_float(p[0]) *
				          (floats)even +
				          bfloat_to_float(p[1]) * (floats)odd;
			}
		}
		a += step;
		b += BF16_STEP_LENGTH;
	}
	for (size_t r = 0; r < ROWS; r++)
		*(floats *)(sums + r * BF16_BLOCK) = sum[r];
}

VECTORISED static void
block(float *sums, const float *bias, struct bf16_strip strip,
      const uint16_t *panel, size_t rows, size_t steps,
      struct bf16_next next)
{
	(void)next;
	for (size_t r = 0; r < rows; r += ROWS)
		for (size_t t = 0; t < 2; t++)
			rows_multiply(sums + r * BF16_BLOCK + t * BF16_TILE,
			              bias + t * BF16_TILE,
			              strip.data + r * strip.row, strip.row,
			              strip.step,
			              panel + t * BF16_TILE_LENGTH, steps);
}

const struct bf16_unit bf16_plain = {
	.name = "plain", .present = present, .block = block
};
