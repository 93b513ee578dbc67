#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/number.h"
#include "core/rng.h"
#include "core/xalloc.h"
#include "corpus/shuffle.h"

/* Reads a positive number, up to a colon, and moves past it. */
static bool
size_next(const char **sizes, double *size)
{
	size_t length = strcspn(*sizes, ":");
	char *text = xasprintf("%.*s", (int)length, *sizes);
	bool good = number_real(text, size) && *size > 0;

	free(text);
	*sizes += length;
	return good;
}

size_t
shuffle_split(struct shuffle *s, const char *sizes, size_t part)
{
	double sum = 0, size;
	size_t parts = 0;

	do {
		if (parts == SHUFFLE_PARTS_MAX || !size_next(&sizes, &size))
			return 0;
		if (++parts == part)
			s->low = sum;
		sum += size;
		if (parts == part)
			s->high = sum;
	} while (*sizes++ == ':');
	s->low /= sum;
	s->high /= sum;
	if (part >= 1 && part <= parts && !(s->high > s->low))
		return 0;
	return parts > 1 && isfinite(sum) ? parts : 0;
}

/* The seed is not used, so that a split is the same in every epoch. */
static bool
part_match(const struct shuffle *s, struct frame *f)
{
	const char *text = frame_plain(f, s->by);
	struct rng r;
	double at;

	if (s->high <= 0)
		return true;
	if (!*text)
		die("%s: no \"%s\" to split by (leave it out with "
		    "--where %s!=)", frame_id(f), s->by, s->by);
	rng_init_keyed(&r, 0, text);
	at = (double)rng_uniform(&r);
	return at >= s->low && at < s->high;
}

/* Counts the group of an utterance that is about to be indexed. */
static void
group_add(struct shuffle *s, struct frame *f)
{
	if (s->index.places == s->group_capacity) {
		s->group_capacity = 2 * s->group_capacity + 64;
		s->group = xrealloc(s->group, s->group_capacity,
		                    sizeof *s->group);
	}
	s->group[s->index.places] = balance_count(&s->balance, f,
	                                          s->balance_by);
}

void
shuffle_open(struct shuffle *s, const char *path)
{
	struct frame *f;

	index_open(&s->index, path);
	while ((f = index_next(&s->index))) {
		if (!where_match(s->where, f) || !part_match(s, f))
			continue;
		if (s->balance_by->pattern.length > 0)
			group_add(s, f);
		index_add(&s->index);
	}
}

/* Fisher and Yates, in Durstenfeld's form (1964). */
static void
permute(size_t *list, size_t length, struct rng *r)
{
	for (size_t i = length; i > 1; i--) {
		size_t j = rng_below(r, i);
		size_t swap = list[i - 1];

		list[i - 1] = list[j];
		list[j] = swap;
	}
}

static double *
weights_of(struct shuffle *s, const size_t *order, size_t n)
{
	double *weight;

	if (s->balance_by->pattern.length == 0)
		return NULL;
	weight = xmalloc(n, sizeof *weight);
	for (size_t i = 0; i < n; i++)
		weight[i] = balance_weight_at(&s->balance,
		                              s->group[order[i]]);
	return weight;
}

static int
place_compare(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

size_t *
shuffle_list(struct shuffle *s, size_t count, size_t *length)
{
	size_t n = s->index.places, used = 0;
	size_t total = n == 0 ? 0 : count ? count : n;
	size_t *order = xmalloc(n, sizeof *order);
	size_t *draws = xmalloc(n, sizeof *draws);
	size_t *list = xmalloc(total, sizeof *list);
	double *weight;
	struct rng r;

	rng_init(&r, s->seed);
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	permute(order, n, &r); /* so that extra draws fall anywhere */
	weight = weights_of(s, order, n);
	balance_draw(draws, total, weight, n, &r);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < draws[i]; k++)
			list[used++] = order[i];
	if (s->keep_order)
		qsort(list, total, sizeof *list, place_compare);
	else
		permute(list, total, &r);
	free(order);
	free(draws);
	free(weight);
	*length = total;
	return list;
}

void
shuffle_release(struct shuffle *s)
{
	index_release(&s->index);
	balance_release(&s->balance);
	free(s->group);
}
