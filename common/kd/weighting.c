#include <string.h>

#include "kd/weighting.h"

/* The teachers of a batch by name, with the sums of their scores. */
struct board {
	const char **name;
	size_t names;
	double *sum;              /* [names,names] by pairs, else [names] */
	size_t *count;            /* utterances in it; [names] */
};

static size_t
board_find(const struct board *b, const char *name)
{
	size_t i = 0;

	while (i < b->names && strcmp(b->name[i], name) != 0)
		i++;
	return i;
}

static struct board
board_make(const struct kd_utterance *const *u, size_t count, bool pairs,
           struct arena *arena)
{
	struct board b = { .names = 0 };
	size_t most = 0, cells;

	for (size_t i = 0; i < count; i++)
		most += u[i]->teachers;
	b.name = arena_take(arena, most + 1, sizeof *b.name);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < u[i]->teachers; k++) {
			const char *name = u[i]->teacher[k].name;

			if (board_find(&b, name) == b.names)
				b.name[b.names++] = name;
		}
	cells = pairs ? b.names * b.names : b.names;
	b.sum = arena_take(arena, cells + 1, sizeof *b.sum);
	b.count = arena_take(arena, b.names + 1, sizeof *b.count);
	memset(b.sum, 0, cells * sizeof *b.sum);
	memset(b.count, 0, b.names * sizeof *b.count);
	return b;
}

/*
 * Adds an utterance's scores.  Pairs are summed, and missing teachers count as
 * gradients of 0: so the matrix stays one of inner products.  Other scores are
 * averaged.
 */
static void
board_add(struct board *b, const struct weighting *w,
          const struct kd_utterance *u, struct arena *arena)
{
	size_t n = u->teachers, cells = w->kind->pairs ? n * n : n;
	double *score = arena_take(arena, cells, sizeof *score);

	w->kind->score(score, w, u, arena);
	for (size_t k = 0; k < n; k++) {
		size_t at = board_find(b, u->teacher[k].name);

		b->count[at]++;
		if (!w->kind->pairs)
			b->sum[at] += score[k];
		for (size_t j = 0; w->kind->pairs && j < n; j++)
			b->sum[at * b->names +
			       board_find(b, u->teacher[j].name)] +=
				score[k * n + j];
	}
}

/* False where a teacher has never been scored. */
static bool
board_take(double *score, const struct board *b, const struct weighting *w,
           const struct kd_utterance *u)
{
	size_t n = u->teachers;

	for (size_t k = 0; k < n; k++) {
		size_t at = board_find(b, u->teacher[k].name);

		if (b->count[at] == 0)
			return false;
		if (!w->kind->pairs)
			score[k] = b->sum[at] / (double)b->count[at];
		for (size_t j = 0; w->kind->pairs && j < n; j++)
			score[k * n + j] = b->sum[at * b->names +
				board_find(b, u->teacher[j].name)];
	}
	return true;
}

/* Computes weights from the scores of all these utterances together. */
static void
scored_apply(double *const *weight, const struct weighting *w,
             const struct kd_utterance *const *u, size_t count,
             struct arena *arena)
{
	const struct weighting_kind *kind = w->kind;
	struct board b = board_make(u, count, kind->pairs, arena);

	for (size_t i = 0; i < count && kind->score; i++)
		if (u[i]->teachers > 0 &&
		    (!kind->label || u[i]->label != KD_UNLABELLED))
			board_add(&b, w, u[i], arena);
	for (size_t i = 0; i < count; i++) {
		size_t n = u[i]->teachers;
		double *score = arena_take(arena, n * n + 1, sizeof *score);

		if (n == 0)
			continue;
		if (kind->score && board_take(score, &b, w, u[i]))
			kind->weigh(weight[i], score, n, w);
		else
			uniform_weigh(weight[i], NULL, n, w);
	}
}

void
weighting_apply(double *const *weight, const char **why,
                const struct weighting *w,
                const struct kd_utterance *const *u, size_t count,
                struct arena *arena)
{
	if (w->kind->apply) {
		for (size_t i = 0; i < count; i++)
			if (u[i]->teachers > 0)
				why[i] = w->kind->apply(weight[i], w, u[i],
				                        arena);
	} else if (w->batch) {
		scored_apply(weight, w, u, count, arena);
	} else {
		for (size_t i = 0; i < count; i++)
			scored_apply(weight + i, w, u + i, 1, arena);
	}
}
