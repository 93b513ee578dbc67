#include <math.h>
#include <stdlib.h>

#include "core/xalloc.h"
#include "feat/whitening.h"

static const double shrinkage = .5, deviation_least = 1e-3;

void
whitening_init(struct whitening *w, size_t width)
{
	*w = (struct whitening){
		.width = width,
		.sum = xcalloc(width, sizeof *w->sum),
		.product = xcalloc(width * width, sizeof *w->product)
	};
}

void
whitening_release(struct whitening *w)
{
	free(w->sum);
	free(w->product);
	*w = (struct whitening){ .width = 0 };
}

void
whitening_add(struct whitening *w, const float *x)
{
	w->rows++;
	for (size_t i = 0; i < w->width; i++) {
		double *product = w->product + i * w->width;

		w->sum[i] += (double)x[i];
		for (size_t j = 0; j <= i; j++)
			product[j] += (double)x[i] * (double)x[j];
	}
}

/* r [n,n], below the diagonal and on it: shrunk correlations. */
static void
correlations(double *r, double *deviation, const struct whitening *w)
{
	size_t n = w->width;
	double rows = (double)w->rows;

	for (size_t i = 0; i < n; i++) {
		double *row = r + i * n;

		for (size_t j = 0; j <= i; j++)
			row[j] = w->product[i * n + j] / rows -
				w->sum[i] / rows * (w->sum[j] / rows);
		deviation[i] = fmax(sqrt(fmax(row[i], 0)), deviation_least);
		for (size_t j = 0; j < i; j++)
			row[j] *= (1 - shrinkage) /
				(deviation[i] * deviation[j]);
		row[i] = 1;
	}
}

/* Cholesky: r, of which only the lower triangle counts, becomes its root. */
static void
root(double *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = r[i * n + j];

			for (size_t k = 0; k < j; k++)
				sum -= r[i * n + k] * r[j * n + k];
			r[i * n + j] = i == j ? sqrt(sum)
			                      : sum / r[j * n + j];
		}
}

/* Row i of the inverse of l, from those above it in inverse [n,n]. */
static void
inverse_row(double *inverse, const double *l, size_t i, size_t n)
{
	double *row = inverse + i * n;

	row[i] = 1;
	for (size_t k = 0; k < i; k++)
		for (size_t j = 0; j <= k; j++)
			row[j] -= l[i * n + k] * inverse[k * n + j];
	for (size_t j = 0; j <= i; j++)
		row[j] /= l[i * n + i];
}

void
whitening_solve(float *weight, float *centre, const struct whitening *w)
{
	size_t n = w->width;
	double *l = xcalloc(n * n, sizeof *l);
	double *inverse = xcalloc(n * n, sizeof *inverse);
	double *deviation = xcalloc(n, sizeof *deviation);

	correlations(l, deviation, w);
	root(l, n);
	for (size_t i = 0; i < n; i++) {
		inverse_row(inverse, l, i, n);
		for (size_t j = 0; j < n; j++)
			weight[i * n + j] = (float)(inverse[i * n + j] /
			                            deviation[j]);
		centre[i] = (float)(w->sum[i] / (double)w->rows);
	}
	free(l);
	free(inverse);
	free(deviation);
}
