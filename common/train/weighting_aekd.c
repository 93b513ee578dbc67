#include <math.h>
#include <string.h>

#include "train/weighting_kinds.h"

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

/* d/da_k of a' G a / 2 */
static double
slope(const double *G, const double *a, size_t n, size_t k)
{
	double sum = 0;

	for (size_t j = 0; j < n; j++)
		sum += G[k * n + j] * a[j];
	return sum;
}

/*
 * Moves weight from the teacher of the steepest slope to that of the least,
 * as far as is best or the bounds allow; false where nothing is gained.
 */
static bool
pair_step(double *a, const double *G, size_t n, double bound, double scale)
{
	size_t from = n, to = n;
	double most = -INFINITY, least = INFINITY, curve, step;

	for (size_t k = 0; k < n; k++) {
		double s = slope(G, a, n, k);

		if (a[k] > 0 && s > most) {
			most = s;
			from = k;
		}
		if (a[k] < bound && s < least) {
			least = s;
			to = k;
		}
	}
	if (from == n || to == n || most - least <= 1e-13 * scale)
		return false;
	curve = G[from * n + from] + G[to * n + to] - 2 * G[from * n + to];
	step = fmin(a[from], bound - a[to]);
	if (curve * step > most - least)
		step = (most - least) / curve;
	if (step < 1e-16)
		return false;
	a[from] -= step;
	a[to] += step;
	return true;
}

/* Steps of pairs lead to the minimum, G being one of inner products. */
void
aekd_weigh(double *weight, const double *score, size_t n,
           const struct weighting *w)
{
	enum { STEPS = 10000 };
	double bound = fmax(w->bound, 1 / (double)n), scale = 0;

	uniform_weigh(weight, score, n, w);
	for (size_t k = 0; k < n; k++)
		scale = fmax(scale, score[k * n + k]);
	for (int i = 0; i < STEPS; i++)
		if (!pair_step(weight, score, n, bound, scale))
			break;
}
