/*
 * Relational distillation of distances and angles.  With d_ij = |x_i - x_j|, mu
 * the mean of those over 0, v_ij = (x_i - x_j) / d_ij, or 0 where d_ij is 0,
 * and h(r) = r^2 / 2 for |r| < 1, else |r| - 1/2:
 *
 *	E = 25 / n^2 sum_ij h(d_ij/mu of student - of teacher)
 *	  + 50 / n^3 sum_ijk h(<v_ij, v_kj> of student - of teacher)
 *
 * as in the authors' code.  Utterances nearer to each other than 1e-6 of the
 * largest distance count as equal.
 *
 * <v_ij, v_kj> = (G_ik - G_ij - G_kj + G_jj) / (d_ij d_kj) with G = x x', so
 * gradients by G and d are computed first, and those by x from them.
 */
#include <math.h>
#include <string.h>

#include "kd/embedding_loss.h"

static const double DISTANCES = 25, ANGLES = 50, NEAREST = 1e-6;

struct space {
	double *x, *G, *d;        /* x is about its mean */
	double mu, pairs;         /* of d over 0 */
	size_t n, D;
};

static void
centre(double *out, const double *x, size_t n, size_t D)
{
	for (size_t d = 0; d < D; d++) {
		double mean = 0;

		for (size_t i = 0; i < n; i++)
			mean += x[i * D + d] / (double)n;
		for (size_t i = 0; i < n; i++)
			out[i * D + d] = x[i * D + d] - mean;
	}
}

/* Fills d; returns the largest. */
static double
distances(double *d, const double *x, size_t n, size_t D)
{
	double most = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = 0;

			for (size_t k = 0; k < D; k++) {
				double off = x[i * D + k] - x[j * D + k];

				sum += off * off;
			}
			d[i * n + j] = d[j * n + i] = sqrt(sum);
			most = fmax(most, sqrt(sum));
		}
	return most;
}

static struct space
space_make(const double *x, size_t D, size_t n, struct arena *arena)
{
	struct space s = { .n = n, .D = D };
	double most;

	s.x = arena_take(arena, n * D, sizeof *s.x);
	s.G = arena_take(arena, n * n, sizeof *s.G);
	s.d = arena_take(arena, n * n, sizeof *s.d);
	centre(s.x, x, n, D);
	gram_forward(s.G, s.x, n, D);
	most = distances(s.d, x, n, D);
	for (size_t i = 0; i < n * n; i++) {
		if (s.d[i] <= NEAREST * most) {
			s.d[i] = 0;
			continue;
		}
		s.mu += s.d[i];
		s.pairs++;
	}
	if (s.pairs > 0)
		s.mu /= s.pairs;
	return s;
}

static double
smooth(double r)
{
	return fabs(r) < 1 ? r * r / 2 : fabs(r) - .5;
}

static double
smooth_slope(double r)
{
	return fmax(-1, fmin(1, r));
}

/* The share of distances; adds its gradient to dd [n,n]. */
static double
distances_apply(double *dd, const struct space *s, const struct space *t)
{
	size_t n = s->n;
	double loss = 0, along = 0, scale = DISTANCES / (double)(n * n);

	for (int second = 0; second < 2; second++)
		for (size_t i = 0; i < n * n; i++) {
			double own = s->mu > 0 ? s->d[i] / s->mu : 0;
			double r = own - (t->mu > 0 ? t->d[i] / t->mu : 0);
			double slope = scale * smooth_slope(r);

			if (!second) {
				loss += scale * smooth(r);
				along += slope * own;
			} else if (s->d[i] > 0) {
				dd[i] += (slope - along / s->pairs) / s->mu;
			}
		}
	return loss;
}

static double
angle(const struct space *s, size_t i, size_t j, size_t k)
{
	size_t n = s->n;
	double lengths = s->d[i * n + j] * s->d[k * n + j];

	if (lengths <= 0)
		return 0;
	return (s->G[i * n + k] - s->G[i * n + j] - s->G[k * n + j] +
	        s->G[j * n + j]) / lengths;
}

/* The share of angles at j; adds its gradient to dG and dd. */
static double
angles_apply(double *dG, double *dd, const struct space *s,
             const struct space *t, size_t j)
{
	size_t n = s->n;
	double loss = 0, scale = ANGLES / ((double)(n * n) * (double)n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			double own = angle(s, i, j, k);
			double r = own - angle(t, i, j, k);
			double ij = s->d[i * n + j], kj = s->d[k * n + j];
			double slope = scale * smooth_slope(r), part;

			loss += scale * smooth(r);
			if (ij <= 0 || kj <= 0 || i == k)
				continue;
			part = slope / (ij * kj);
			dG[i * n + k] += part;
			dG[i * n + j] -= part;
			dG[k * n + j] -= part;
			dG[j * n + j] += part;
			dd[i * n + j] -= slope * own / ij;
			dd[k * n + j] -= slope * own / kj;
		}
	return loss;
}

/* Takes the gradient by d to x. */
static void
distances_backward(double *dx, const double *dd, const struct space *s)
{
	size_t n = s->n, D = s->D;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double d = s->d[i * n + j], part;

			if (d <= 0)
				continue;
			part = (dd[i * n + j] + dd[j * n + i]) / d;
			for (size_t k = 0; k < D; k++)
				dx[i * D + k] += part * (s->x[i * D + k] -
				                         s->x[j * D + k]);
		}
}

double
rkd_apply(double *dx, const double *x, size_t D, const double *y, size_t E,
          size_t n, struct arena *arena)
{
	struct space s = space_make(x, D, n, arena);
	struct space t = space_make(y, E, n, arena);
	double *dG = arena_take(arena, n * n, sizeof *dG);
	double *dd = arena_take(arena, n * n, sizeof *dd);
	double loss;

	memset(dG, 0, n * n * sizeof *dG);
	memset(dd, 0, n * n * sizeof *dd);
	loss = distances_apply(dd, &s, &t);
	for (size_t j = 0; j < n; j++)
		loss += angles_apply(dG, dd, &s, &t, j);
	gram_backward(dx, dG, s.x, n, D);
	distances_backward(dx, dd, &s);
	return loss;
}
