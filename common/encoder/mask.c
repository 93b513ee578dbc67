#include <string.h>

#include "encoder/mask.h"

/* How many spans, for a length that has room for at least one. */
static size_t
spans_count(size_t length, const struct encoder_masking *m, struct rng *rng)
{
	size_t starts = length - m->length + 1;
	float mean = m->share * (float)length / (float)m->length;
	size_t count = (size_t)(mean + rng_uniform(rng));

	if (count < m->least)
		count = m->least;
	if (count > length / m->length)
		count = length / m->length;
	return count < starts ? count : starts;
}

void
encoder_mask_spans(uint8_t *hidden, size_t length,
                   const struct encoder_masking *m, struct rng *rng)
{
	size_t starts, left;

	memset(hidden, 0, length);
	if (m->share <= 0 || m->length < 1 || length < m->length)
		return;
	left = spans_count(length, m, rng);
	starts = length - m->length + 1;
	/* each start is taken with the chance that keeps the count exact
	   (Knuth, volume 2, algorithm 3.4.2 S) */
	for (size_t at = 0; at < starts && left > 0; at++) {
		if (rng_below(rng, starts - at) >= left)
			continue;
		memset(hidden + at, 1, m->length);
		left--;
	}
}
