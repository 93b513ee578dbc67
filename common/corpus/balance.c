#include <math.h>
#include <stdlib.h>

#include "core/die.h"
#include "core/rng.h"
#include "core/xalloc.h"
#include "corpus/balance.h"

char *
balance_group(struct frame *f, const struct keys *by)
{
	char *group = xstrdup("");

	for (size_t i = 0; i < by->pattern.length; i++) {
		char *longer = xasprintf("%s%s\t", group,
			frame_plain(f, by->pattern.text[i]));

		free(group);
		group = longer;
	}
	return group;
}

size_t
balance_count(struct balance *b, struct frame *f, struct keys *by)
{
	char *group = balance_group(f, by);
	size_t number = balance_add(b, group);

	for (size_t i = 0; i < by->pattern.length; i++)
		by->seen[i] |= frame_has(f, by->pattern.text[i]);
	free(group);
	return number;
}

void
balance_check(const struct balance *b, const struct keys *by)
{
	for (size_t i = 0; b->utterances > 0 && i < by->pattern.length; i++)
		if (!by->seen[i])
			die("no utterance has a \"%s\" to balance by",
			    by->pattern.text[i]);
}

size_t
balance_add(struct balance *b, const char *group)
{
	size_t known = b->group.length;
	size_t number = texts_add(&b->group, group);

	if (number == b->capacity) {
		b->capacity = 2 * b->capacity + 16;
		b->count = xrealloc(b->count, b->capacity, sizeof *b->count);
	}
	if (number == known)
		b->count[number] = 0;
	b->count[number]++;
	b->utterances++;
	b->scale = 0;
	return number;
}

/* The sum over all utterances of n^-power is that over groups of n^(1-p). */
static void
scale_set(struct balance *b)
{
	double sum = 0;

	for (size_t i = 0; i < b->group.length; i++)
		sum += pow((double)b->count[i], 1 - b->power);
	b->scale = (double)b->utterances / sum;
}

double
balance_weight_at(struct balance *b, size_t group)
{
	if (b->scale == 0)
		scale_set(b);
	return b->scale * pow((double)b->count[group], -b->power);
}

double
balance_weight(struct balance *b, const char *group)
{
	size_t number = texts_find(&b->group, group);

	return number == TEXTS_NONE ? 1 : balance_weight_at(b, number);
}

void
balance_release(struct balance *b)
{
	free(b->count);
	texts_release(&b->group);
	*b = (struct balance)BALANCE_INIT;
}

/*
 * The scaled weights are intervals, end to end, of a line of length total; the
 * points u, u + 1, … fall into each as often as it is long, rounded up or down.
 */
void
balance_draw(size_t *draws, size_t total, const double *weight, size_t n,
             struct rng *r)
{
	/* never 0: no point falls on the border of whole lengths */
	double u = (double)rng_uniform(r) + 0x1p-25;
	double sum = 0, all = 0;
	size_t before = 0;

	for (size_t i = 0; i < n; i++)
		all += weight ? weight[i] : 1;
	for (size_t i = 0; i < n; i++) {
		double border;
		size_t hits;

		sum += weight ? weight[i] : 1;
		border = (double)total * sum / all;
		hits = i == n - 1 ? total
		     : border > u ? (size_t)ceil(border - u) : 0;
		hits = hits > total ? total : hits;
		draws[i] = hits - before;
		before = hits;
	}
}
