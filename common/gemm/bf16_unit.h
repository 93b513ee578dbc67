/*
 * bf16_unit.h - the processor's units that multiply blocks of bfloat16
 */
#pragma once

#include "gemm/bf16_layout.h"

/* 32 rows of A, packed or as they are stored; distances are in elements. */
struct bf16_strip {
	const uint16_t *data;
	size_t row, step;         /* to the next row, to the next 32 of K */
};

/* What to fetch into the cache: so many lines of 64 bytes with each step. */
struct bf16_next {
	const uint16_t *data;
	size_t lines;
};

static inline const uint16_t *
bf16_fetch(const uint16_t *data, size_t lines)
{
	for (; lines > 0; lines--, data += BF16_LINE)
		__builtin_prefetch(data);
	return data;
}

struct bf16_unit {
	const char *name;
	bool (*present)(void);
	bool (*fast)(void);       /* see bf16_unit_fast; NULL: no */
	void (*begin)(void);      /* in each thread, before; or NULL */
	void (*end)(void);
	/*
	 * sums [32,32] = bias [32] + strip panel^T, over steps of 32 in K.
	 * The sums of all but the first rows may be anything.
	 */
	void (*block)(float *sums, const float *bias,
	              struct bf16_strip strip, const uint16_t *panel,
	              size_t rows, size_t steps, struct bf16_next next);
};

extern const struct bf16_unit bf16_amx, bf16_avx512, bf16_plain;

/*
 * The unit named "amx", "avx512" or "plain", which every processor has; NULL:
 * the best of this processor.  Returns NULL where the processor lacks it.
 */
const struct bf16_unit *bf16_unit_find(const char *name);

/* Does it multiply faster than this processor multiplies floats? */
bool bf16_unit_fast(const struct bf16_unit *unit);
