/* Any processor. */
#include <string.h>

#include "gemm/int8_unit.h"

static bool
present(void)
{
	return true;
}

static void
block(int32_t *sums, const uint8_t *q, size_t ldq, const int8_t *panel,
      size_t rows, size_t steps)
{
	memset(sums, 0, INT8_BLOCK * INT8_BLOCK * sizeof *sums);
	for (size_t r = 0; r < rows; r++)
		for (size_t k = 0; k < steps * INT8_STEP; k++) {
			const int8_t *w = panel +
				k / INT8_STEP * INT8_STEP_LENGTH +
				k % INT8_STEP / 4 * INT8_STEP + k % 4;

			for (size_t n = 0; n < INT8_BLOCK; n++)
				sums[r * INT8_BLOCK + n] +=
					q[r * ldq + k] *
					w[n / INT8_TILE * INT8_TILE_LENGTH +
					  n % INT8_TILE * 4];
		}
}

const struct int8_unit int8_plain = {
	.name = "plain", .present = present, .block = block
};
