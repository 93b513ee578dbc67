#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "kd/cholesky.h"
#include "kd/sinkhorn.h"

enum { ROUNDS = 30, STEPS = 60, HALVINGS = 30 };

static const double EVEN = 1e-11; /* what n times a row's sum may be off 1 */

struct problem {
	const double *C;
	size_t n;
	double e;
};

/* -e log of the mean over j of exp((g_j - C_ij) / e); C_ji if turned. */
static double
softmin(const double *C, const double *g, size_t n, size_t i, double e,
        bool turned)
{
	size_t step = turned ? n : 1;
	const double *c = turned ? C + i : C + i * n;
	double most = -INFINITY, sum = 0;

	for (size_t j = 0; j < n; j++)
		most = fmax(most, g[j] - c[j * step]);
	for (size_t j = 0; j < n; j++)
		sum += exp((g[j] - c[j * step] - most) / e);
	return -most - e * log(sum / (double)n);
}

/* g of f, and what OT is by both. */
static double
other_side(double *g, const double *f, const struct problem *p)
{
	double sum = 0;

	for (size_t j = 0; j < p->n; j++) {
		g[j] = softmin(p->C, f, p->n, j, p->e, true);
		sum += (f[j] + g[j]) / (double)p->n;
	}
	return sum;
}

/* A round of Sinkhorn: g of f, then f of g. */
static void
round_do(double *f, double *g, const struct problem *p)
{
	other_side(g, f, p);
	for (size_t i = 0; i < p->n; i++)
		f[i] = softmin(p->C, g, p->n, i, p->e, false);
}

static void
plan_make(double *P, const double *f, const double *g,
          const struct problem *p)
{
	size_t n = p->n;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			P[i * n + j] = exp((f[i] + g[j] - p->C[i * n + j]) /
			                   p->e) / (double)(n * n);
}

/*
 * The slope of mean(f) + mean(g(f)) is s = 1/n - rows of P, its curvature
 * -H, H = (diag(rows) - n P P') / e.  Fills H, with 1/n^2 e added so that the
 * constant vector, which changes nothing, is no hole.  The largest n |s_i|.
 */
static double
slope(double *H, double *s, const double *P, const struct problem *p)
{
	size_t n = p->n;
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		double row = 0;

		for (size_t j = 0; j < n; j++)
			row += P[i * n + j];
		s[i] = 1 / (double)n - row;
		most = fmax(most, fabs(s[i]) * (double)n);
		for (size_t j = 0; j <= i; j++) {
			double sum = 0;

			for (size_t k = 0; k < n; k++)
				sum += P[i * n + k] * P[j * n + k];
			H[i * n + j] = (1 / (double)(n * n) -
			                (double)n * sum) / p->e;
		}
		H[i * n + i] += row * (1 + 1e-10) / p->e;
	}
	return most;
}

/* Goes along s as far as it leads up; false if it does not. */
static bool
climb(double *f, double *g, double *next, const double *s,
      const struct problem *p)
{
	double old = other_side(g, f, p), part = 1;

	for (int i = 0; i < HALVINGS; i++, part /= 2) {
		for (size_t k = 0; k < p->n; k++)
			next[k] = f[k] + part * s[k];
		if (other_side(g, next, p) > old) {
			memcpy(f, next, p->n * sizeof *f);
			return true;
		}
	}
	other_side(g, f, p);
	return false;
}

double
sinkhorn(double *C, size_t n, double e, struct arena *arena)
{
	double *f = arena_take(arena, 4 * n, sizeof *f);
	double *g = f + n, *s = g + n, *next = s + n, most = 0, value;
	double *P = arena_take(arena, n * n, sizeof *P);
	double *H = arena_take(arena, n * n, sizeof *H);
	struct problem p = { C, n, e };

	memset(f, 0, n * sizeof *f);
	for (size_t i = 0; i < n * n; i++)
		most = fmax(most, C[i]);
	for (p.e = most; p.e > e; p.e /= 4)
		round_do(f, g, &p);
	p.e = e;
	for (int i = 0; i < ROUNDS; i++)
		round_do(f, g, &p);
	for (int i = 0; i < STEPS; i++) {
		other_side(g, f, &p);
		plan_make(P, f, g, &p);
		if (slope(H, s, P, &p) < EVEN || !cholesky_solve(H, s, n) ||
		    !climb(f, g, next, s, &p))
			break;
	}
	value = other_side(g, f, &p);
	plan_make(P, f, g, &p);
	memcpy(C, P, n * n * sizeof *C);
	return value;
}
