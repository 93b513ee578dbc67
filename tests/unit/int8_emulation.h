/*
 * int8_emulation.h - a unit for int8 whose instructions are emulated must
 * multiply what plain C multiplies
 */
#pragma once

#include <string.h>

#include "gemm/int8_unit.h"
#include "gradient.h"

/* sum + the products of 4 unsigned and 4 signed bytes */
static inline int32_t
dot4(int32_t sum, const uint8_t *a, const int8_t *b)
{
	for (size_t i = 0; i < 4; i++)
		sum += a[i] * b[i];
	return sum;
}

static inline void
unit_try(const struct int8_unit *unit, size_t rows, size_t steps)
{
	size_t ldq = steps * INT8_STEP + 64, length = INT8_BLOCK * ldq;
	size_t panel = steps * INT8_STEP_LENGTH;
	int32_t want[INT8_BLOCK * INT8_BLOCK], got[INT8_BLOCK * INT8_BLOCK];
	uint8_t *q = xmalloc(length, 1);
	int8_t *w = xmalloc(panel, 1);
	struct rng r;

	rng_init(&r, rows + 100 * steps);
	for (size_t i = 0; i < length; i++)
		q[i] = (uint8_t)rng_below(&r, 256);
	for (size_t i = 0; i < panel; i++)
		w[i] = (int8_t)((int)rng_below(&r, 255) - 127);
	int8_plain.block(want, q, ldq, w, rows, steps);
	if (unit->begin)
		unit->begin();
	unit->block(got, q, ldq, w, rows, steps);
	if (unit->end)
		unit->end();
	assert_memory_equal(got, want, rows * INT8_BLOCK * sizeof *got);
	free(q);
	free(w);
}

static inline void
unit_sizes_try(const struct int8_unit *unit)
{
	for (size_t rows = 1; rows <= INT8_BLOCK; rows += 5)
		for (size_t steps = 1; steps < 5; steps++)
			unit_try(unit, rows, steps);
}
