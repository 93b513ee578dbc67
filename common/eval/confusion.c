#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "eval/confusion.h"

void
confusion_init(struct confusion *c, size_t classes)
{
	*c = (struct confusion){ .classes = classes };
	c->count = xcalloc(classes * (classes + 2), sizeof *c->count);
}

void
confusion_clear(struct confusion *c)
{
	memset(c->count, 0,
	       c->classes * (c->classes + 2) * sizeof *c->count);
	memset(c->gap, 0, sizeof c->gap);
}

size_t
confusion_cell(size_t classes, const struct outcome *o)
{
	return o->truth * (classes + 2) + o->answer;
}

size_t
confidence_bin(double confidence)
{
	double bin = ceil(confidence * CONFIDENCE_BINS) - 1;

	return bin <= 0 ? 0 : bin >= CONFIDENCE_BINS ? CONFIDENCE_BINS - 1
	                                             : (size_t)bin;
}

void
confusion_add(struct confusion *c, const struct outcome *o)
{
	c->count[confusion_cell(c->classes, o)] += 1;
	if (o->answer <= c->classes)
		c->gap[confidence_bin(o->confidence)] +=
			o->confidence - (o->answer == o->truth);
}

void
confusion_release(struct confusion *c)
{
	free(c->count);
}
