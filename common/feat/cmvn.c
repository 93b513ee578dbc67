#include <math.h>
#include <stdlib.h>

#include "core/xalloc.h"
#include "feat/cmvn.h"

void
cmvn_init(struct cmvn *c, size_t width)
{
	c->width = width;
	c->utterances = 0;
	c->weight = xcalloc(3 * width, sizeof *c->weight);
	c->sum = c->weight + width;
	c->square = c->sum + width;
}

void
cmvn_release(struct cmvn *c)
{
	free(c->weight);
}

void
cmvn_add(struct cmvn *c, const float *x, size_t T,
         const struct features_type *type)
{
	size_t f0 = type && type->pitch ? (size_t)type->columns : c->width;

	c->utterances++;
	for (size_t t = 0; t < T; t++, x += c->width)
		for (size_t i = 0; i < c->width; i++) {
			double value = (double)x[i], weight = 1;

			if (i == f0)
				weight = (double)x[f0 + 1] * (double)x[f0 + 1];
			c->weight[i] += weight;
			c->sum[i] += weight * value;
			c->square[i] += weight * value * value;
		}
}

void
cmvn_apply(const struct cmvn *c, float *x, size_t T, bool means_only)
{
	for (size_t i = 0; i < c->width; i++) {
		double weight = c->weight[i];
		double mean = c->sum[i] / weight;
		double variance = c->square[i] / weight - mean * mean;
		double deviation = variance > 1e-6 ? sqrt(variance) : 1e-3;
		float scale = means_only ? 1 : (float)(1 / deviation);

		for (size_t t = 0; t < T; t++)
			x[t * c->width + i] = weight == 0 ? 0 : scale *
				(x[t * c->width + i] - (float)mean);
	}
}
