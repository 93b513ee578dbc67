#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
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

struct cmvn_group {
	char *name;
	struct cmvn cmvn;
};

/* The number of the first group whose name is not less than this one. */
static size_t
place(const struct cmvn_groups *g, const char *name)
{
	size_t low = 0, high = g->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(g->group[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
insert(struct cmvn_groups *g, size_t at, const char *name, size_t width)
{
	if (g->count == g->capacity) {
		g->capacity = 2 * g->capacity + 16;
		g->group = xrealloc(g->group, g->capacity, sizeof *g->group);
	}
	memmove(g->group + at + 1, g->group + at,
	        (g->count - at) * sizeof *g->group);
	g->group[at].name = xstrdup(name);
	cmvn_init(&g->group[at].cmvn, width);
	g->count++;
}

struct cmvn *
cmvn_groups_find(struct cmvn_groups *g, const char *name, size_t width,
                 const char **why)
{
	size_t at = place(g, name);

	if (at == g->count || strcmp(g->group[at].name, name) != 0)
		insert(g, at, name, width);
	if (g->group[at].cmvn.width != width) {
		*why = "features of another width than those before";
		return NULL;
	}
	return &g->group[at].cmvn;
}

void
cmvn_groups_warn(const struct cmvn_groups *g, const char *input,
                 const char *by)
{
	size_t single = 0;

	for (size_t i = 0; i < g->count; i++)
		single += g->group[i].cmvn.utterances == 1;
	if (single > 0)
		warn("%s: by %s: %zu of %zu groups have one utterance, and "
		     "without its mean it loses its emotion", input, by, single,
		     g->count);
}

void
cmvn_groups_clear(struct cmvn_groups *g)
{
	for (size_t i = 0; i < g->count; i++) {
		free(g->group[i].name);
		cmvn_release(&g->group[i].cmvn);
	}
	free(g->group);
	*g = (struct cmvn_groups)CMVN_GROUPS_INIT;
}
