#include <math.h>
#include <stdlib.h>

#include "core/xalloc.h"
#include "student/whitening.h"

static const double shrinkage = .5, deviation_least = 1e-3;
/* A variance that is a smaller part of the mean's square is rounding. */
static const double rounding = 1e-9;

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

static double
mean_of(const struct whitening *w, size_t i)
{
	return w->sum[i] / (double)w->rows;
}

static double
covariance(const struct whitening *w, size_t i, size_t j)
{
	return w->product[i * w->width + j] / (double)w->rows -
		mean_of(w, i) * mean_of(w, j);
}

/* 0 of a column that does not vary. */
static double
deviation_of(const struct whitening *w, size_t i)
{
	double variance = covariance(w, i, i);
	double least = rounding * mean_of(w, i) * mean_of(w, i);

	return variance > least ? fmax(sqrt(variance), deviation_least) : 0;
}

/* r [n,n], below the diagonal and on it: shrunk correlations. */
static void
correlations(double *r, const double *deviation, const struct whitening *w)
{
	size_t n = w->width;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++)
			if (deviation[i] > 0 && deviation[j] > 0)
				r[i * n + j] = covariance(w, i, j) *
					((1 - shrinkage) /
					 (deviation[i] * deviation[j]));
		r[i * n + i] = 1;
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

	for (size_t i = 0; i < n; i++)
		deviation[i] = deviation_of(w, i);
	correlations(l, deviation, w);
	root(l, n);
	for (size_t i = 0; i < n; i++) {
		inverse_row(inverse, l, i, n);
		for (size_t j = 0; j < n; j++)
			weight[i * n + j] = (float)(inverse[i * n + j] /
				fmax(deviation[j], deviation_least));
		centre[i] = (float)mean_of(w, i);
	}
	free(l);
	free(inverse);
	free(deviation);
}
