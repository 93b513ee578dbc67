#include <string.h>

#include "kd/least_norm.h"
#include "kd/weighting_kinds.h"

void
aekd_score(double *score, const struct weighting *w,
           const struct kd_utterance *u, struct arena *arena)
{
	size_t n = u->teachers, C = u->classes;
	double *g = arena_take(arena, n * C, sizeof *g);

	memset(g, 0, n * C * sizeof *g);
	for (size_t k = 0; k < n; k++)
		objective_apply(g + k * C, u, u->teacher[k].logits,
		                w->objective, 1);
	for (size_t k = 0; k < n; k++)
		for (size_t j = 0; j < n; j++) {
			double *inner = &score[k * n + j];

			*inner = 0;
			for (size_t c = 0; c < C; c++)
				*inner += g[k * C + c] * g[j * C + c];
		}
}

void
aekd_weigh(double *weight, const double *score, size_t n,
           const struct weighting *w)
{
	least_norm(weight, score, n, w->bound);
}
