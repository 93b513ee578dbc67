#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/xalloc.h"
#include "kd/cholesky.h"
#include "kd/least_norm.h"

/*
 * An active set: some weights lie at a bound, the others are free.  The least
 * for the free ones is a linear system; a bound in its way takes one of them
 * out, a slope that leads away from its bound lets one in.  See Nocedal and
 * Wright 2006, Numerical Optimization, 16.5.
 */
struct search {
	double *a;                /* [n] */
	const double *G;
	size_t n;
	double bound, scale;      /* scale: the largest of G */
	size_t *free;             /* [n], of which frees */
	size_t frees;
	double *H, *d;            /* of the system; [n,n], [n] */
};

/* Shares of the scale: what makes H definite, and what is no slope. */
static const double ridge = 1e-12, flat = 1e-13;

static double
inner(const struct search *s, size_t i, size_t j)
{
	return s->G[i * s->n + j] + (i == j ? ridge * s->scale : 0);
}

static double
slope(const struct search *s, size_t k)
{
	double sum = 0;

	for (size_t j = 0; j < s->n; j++)
		sum += inner(s, k, j) * s->a[j];
	return sum;
}

/*
 * Finds the step of the free weights, along directions e_i - e_last, which keep
 * the sum at 1.  False where it cannot be computed, as with gradients near the
 * smallest double.
 */
static bool
step_find(struct search *s)
{
	size_t m = s->frees - 1, last = s->free[m];
	double rest = 0, last_slope = slope(s, last);

	for (size_t i = 0; i < m; i++) {
		size_t k = s->free[i];

		s->d[i] = last_slope - slope(s, k);
		for (size_t j = 0; j < m; j++)
			s->H[i * m + j] = inner(s, k, s->free[j]) -
				inner(s, k, last) -
				inner(s, last, s->free[j]) +
				inner(s, last, last);
	}
	if (!cholesky_solve(s->H, s->d, m))
		return false;
	for (size_t i = 0; i < m; i++)
		rest += s->d[i];
	s->d[m] = -rest;
	return true;
}

/* Goes there, or to the first bound in the way, which is then true. */
static bool
step_take(struct search *s)
{
	double step = 1;
	size_t first = s->frees;

	for (size_t i = 0; i < s->frees; i++) {
		double a = s->a[s->free[i]], d = s->d[i];
		double room = d < 0 ? a : s->bound - a;

		if (room < step * fabs(d)) {
			step = room / fabs(d);
			first = i;
		}
	}
	for (size_t i = 0; i < s->frees; i++) {
		double *a = &s->a[s->free[i]];

		*a = fmin(fmax(*a + step * s->d[i], 0), s->bound);
	}
	if (first == s->frees)
		return false;
	s->a[s->free[first]] = s->d[first] < 0 ? 0 : s->bound;
	s->free[first] = s->free[--s->frees];
	return true;
}

static void
let_free(struct search *s, size_t k)
{
	for (size_t i = 0; i < s->frees; i++)
		if (s->free[i] == k)
			return;
	s->free[s->frees++] = k;
}

/* Lets free what gains most by giving and by taking; false: nothing gains. */
static bool
pair_free(struct search *s)
{
	size_t from = s->n, to = s->n;
	double most = -INFINITY, least = INFINITY;

	for (size_t k = 0; k < s->n; k++) {
		double x = slope(s, k);

		if (s->a[k] > 0 && x > most) {
			most = x;
			from = k;
		}
		if (s->a[k] < s->bound && x < least) {
			least = x;
			to = k;
		}
	}
	if (from == s->n || to == s->n || most - least <= flat * s->scale)
		return false;
	let_free(s, from);
	let_free(s, to);
	return true;
}

void
least_norm(double *a, const double *G, size_t n, double bound)
{
	struct search s = {
		.a = a, .G = G, .n = n, .bound = fmax(bound, 1 / (double)n)
	};
	size_t rounds = 100 + 20 * n; /* far more than there are bounds */

	for (size_t k = 0; k < n; k++) {
		a[k] = 1 / (double)n;
		s.scale = fmax(s.scale, G[k * n + k]);
	}
	s.free = xcalloc(n, sizeof *s.free);
	s.H = xcalloc(n * n, sizeof *s.H);
	s.d = xcalloc(n, sizeof *s.d);
	while (rounds-- > 0) {
		if (s.frees > 1) {
			if (!step_find(&s))
				break;
			if (step_take(&s))
				continue;
		}
		if (!pair_free(&s))
			break;
	}
	free(s.free);
	free(s.H);
	free(s.d);
}
