#include <assert.h>

#include "core/vector.h"
#include "feat/deltas.h"

enum { REACH_MAX = 4 };

/* (-2 -1 0 1 2) / 10, and its convolution with itself. */
static const float slope[] = { -0.2f, -0.1f, 0, 0.1f, 0.2f };
static const float bend[] = {
	0.04f, 0.04f, 0.01f, -0.04f, -0.1f, -0.04f, 0.01f, 0.04f, 0.04f
};

/* out[c] = sum over j of taps[j] at[j][c] */
VECTORISED static void
combine(float *restrict out, const float *const *at, const float *taps,
	size_t count, size_t columns)
{
	for (size_t c = 0; c < columns; c++)
		out[c] = 0;
	for (size_t j = 0; j < count; j++) {
		const float *restrict x = at[j];

		for (size_t c = 0; c < columns; c++)
			out[c] += taps[j] * x[c];
	}
}

static void
filter(float *x, size_t stride, size_t rows, size_t columns, size_t offset,
       const float *taps, size_t reach)
{
	const float *at[2 * REACH_MAX + 1];

	for (size_t r = 0; r < rows; r++) {
		for (size_t j = 0; j <= 2 * reach; j++) {
			size_t from = r + j < reach ? 0 : r + j - reach;

			at[j] = x + (from < rows ? from : rows - 1) * stride;
		}
		combine(x + r * stride + offset, at, taps, 2 * reach + 1,
			columns);
	}
}

void
deltas_forward(float *x, size_t stride, size_t rows, size_t columns, int order)
{
	assert(order >= 0 && order <= 2);
	if (order >= 1)
		filter(x, stride, rows, columns, columns, slope, 2);
	if (order == 2)
		filter(x, stride, rows, columns, 2 * columns, bend, 4);
}
