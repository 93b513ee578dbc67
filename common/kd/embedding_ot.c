/*
 * Transport between rows of similarities.  S is the matrix of cosines of a
 * batch's embeddings, minus its least element.  Of each row the 30 columns (or
 * all) with the least values of the teacher are kept, the first of equals:
 * points a_i of the student and b_i of the teacher, each of weight 1/n.  Then
 *
 *	E = OT(a, b) - OT(a, a) / 2 - OT(b, b) / 2
 *	OT(a, b) = min over plans P with marginals 1/n of
 *	           sum_ij P_ij |a_i - b_j|^2 / 2 + e KL(P || 1/n^2)
 *
 * with e = 0.1^2: the Sinkhorn divergence of Feydy and others (AISTATS 2019),
 * with the settings of MT-PKDOT.  The plans are optimal, not those after some
 * iterations, so the gradient by a_i is
 *
 *	sum_j P_ij (a_i - b_j) - sum_j Q_ij (a_i - a_j)
 *
 * where P and Q are the plans of OT(a, b) and OT(a, a).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kd/embedding_loss.h"
#include "kd/sinkhorn.h"

enum { COLUMNS = 30 };

static const double BLUR = .01, SHORTEST = 1e-8;

/* Points [n,m]. */
struct cloud {
	double *point;
	size_t n, m;
};

/* C_ij = |a_i - b_j|^2 / 2 */
static void
costs(double *C, const struct cloud *a, const struct cloud *b)
{
	size_t n = a->n, m = a->m;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double sum = 0;

			for (size_t k = 0; k < m; k++) {
				double off = a->point[i * m + k] -
					b->point[j * m + k];

				sum += off * off;
			}
			C[i * n + j] = sum / 2;
		}
}

/* OT(a, b); fills P with the plan. */
static double
transport(double *P, const struct cloud *a, const struct cloud *b,
          struct arena *arena)
{
	costs(P, a, b);
	return sinkhorn(P, a->n, BLUR, arena);
}

/* Adds scale times sum_j P_ij (a_i - b_j) to da_i. */
static void
transport_backward(double *da, const double *P, const struct cloud *a,
                   const struct cloud *b, double scale)
{
	size_t n = a->n, m = a->m;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double p = scale * P[i * n + j];

			for (size_t k = 0; k < m; k++)
				da[i * m + k] += p * (a->point[i * m + k] -
				                      b->point[j * m + k]);
		}
}

/* Unit rows u of x, their lengths, and S without its least element. */
static double *
similarities(double *unit, double *length, const double *x, size_t n,
             size_t D, size_t *least, struct arena *arena)
{
	double *S = arena_take(arena, n * n, sizeof *S), low;

	for (size_t i = 0; i < n; i++) {
		double sum = 0;

		for (size_t d = 0; d < D; d++)
			sum += x[i * D + d] * x[i * D + d];
		length[i] = fmax(sqrt(sum), SHORTEST);
		for (size_t d = 0; d < D; d++)
			unit[i * D + d] = x[i * D + d] / length[i];
	}
	gram_forward(S, unit, n, D);
	*least = 0;
	for (size_t i = 1; i < n * n; i++)
		if (S[i] < S[*least])
			*least = i;
	low = S[*least];
	for (size_t i = 0; i < n * n; i++)
		S[i] -= low;
	return S;
}

struct place {
	double similarity;
	size_t column;
};

static int
place_compare(const void *a, const void *b)
{
	const struct place *p = a, *q = b;

	if (p->similarity < q->similarity || p->similarity > q->similarity)
		return p->similarity < q->similarity ? -1 : 1;
	return p->column < q->column ? -1 : 1;
}

/* Which columns of each row are kept: [n,m]. */
static size_t *
columns_choose(const double *T, size_t n, size_t m, struct arena *arena)
{
	size_t *column = arena_take(arena, n * m, sizeof *column);
	struct place *place = arena_take(arena, n, sizeof *place);

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++)
			place[j] = (struct place){ T[i * n + j], j };
		qsort(place, n, sizeof *place, place_compare);
		for (size_t k = 0; k < m; k++)
			column[i * m + k] = place[k].column;
	}
	return column;
}

static struct cloud
cloud_take(const double *S, const size_t *column, size_t n, size_t m,
           struct arena *arena)
{
	struct cloud c = { arena_take(arena, n * m, sizeof(double)), n, m };

	for (size_t i = 0; i < n * m; i++)
		c.point[i] = S[i / m * n + column[i]];
	return c;
}

/* From the points' gradient da to the embeddings'. */
static void
similarities_backward(double *dx, const double *da, const size_t *column,
                      size_t m, size_t least, const double *unit,
                      const double *length, size_t n, size_t D,
                      struct arena *arena)
{
	double *dS = arena_take(arena, n * n, sizeof *dS);
	double *du = arena_take(arena, n * D, sizeof *du);

	memset(dS, 0, n * n * sizeof *dS);
	memset(du, 0, n * D * sizeof *du);
	for (size_t i = 0; i < n * m; i++) {
		dS[i / m * n + column[i]] += da[i];
		dS[least] -= da[i];
	}
	gram_backward(du, dS, unit, n, D);
	for (size_t i = 0; i < n; i++) {
		double along = 0;

		for (size_t d = 0; d < D; d++)
			along += du[i * D + d] * unit[i * D + d];
		if (length[i] <= SHORTEST)
			along = 0;
		for (size_t d = 0; d < D; d++)
			dx[i * D + d] += (du[i * D + d] -
			                  along * unit[i * D + d]) / length[i];
	}
}

double
ot_apply(double *dx, const double *x, size_t D, const double *y, size_t E,
         size_t n, struct arena *arena)
{
	size_t m = n < COLUMNS ? n : COLUMNS, least, unused, *column;
	double *unit = arena_take(arena, n * (D > E ? D : E), sizeof *unit);
	double *length = arena_take(arena, n, sizeof *length);
	double *P = arena_take(arena, n * n, sizeof *P);
	double *da = arena_take(arena, n * m, sizeof *da);
	struct cloud a, b;
	double *S, loss;

	S = similarities(unit, length, y, n, E, &unused, arena);
	column = columns_choose(S, n, m, arena);
	b = cloud_take(S, column, n, m, arena);
	S = similarities(unit, length, x, n, D, &least, arena);
	a = cloud_take(S, column, n, m, arena);
	memset(da, 0, n * m * sizeof *da);
	loss = transport(P, &a, &b, arena);
	transport_backward(da, P, &a, &b, 1);
	loss -= transport(P, &a, &a, arena) / 2;
	transport_backward(da, P, &a, &a, -1);
	loss -= transport(P, &b, &b, arena) / 2;
	similarities_backward(dx, da, column, m, least, unit, length, n, D,
	                      arena);
	return fmax(loss, 0); /* below 0 by rounding only */
}
