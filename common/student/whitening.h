/*
 * whitening.h - reduces the correlation between columns
 *
 * For rows x with mean m, deviations s and correlations R, and the lower
 * triangular L with L L' = (R + I) / 2:
 *
 *	z = L^-1 ((x - m) / s)
 *
 * so each column loses part of what the columns before it predict.  With R
 * itself it would lose all of that; a column that the others predict almost
 * entirely would be left with noise, scaled up.
 * (Kessy, Lewin and Strimmer 2018, "Optimal whitening and decorrelation";
 * Schaefer and Strimmer 2005 for the shrinkage.)  A deviation that is less
 * than 1e-3, or lost in the rounding of the mean, counts as 1e-3.
 */
#pragma once

#include <stddef.h>

struct whitening {
	size_t width, rows;
	double *sum, *product;    /* [width], [width,width] lower; owned */
};

void whitening_init(struct whitening *w, size_t width);
void whitening_release(struct whitening *w);

/* Adds a row x [width]. */
void whitening_add(struct whitening *w, const float *x);

/*
 * z = weight (x - centre), weight [width,width], lower triangular, centre
 * [width]; of at least one row.
 */
void whitening_solve(float *weight, float *centre, const struct whitening *w);
