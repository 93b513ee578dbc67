/*
 * whitening.h - columns that say the same again made to say something new
 *
 * Of rows x with mean m, deviations s and correlations R, and L the lower
 * triangular root of (R + 1) / 2, that is L L' = (R + 1) / 2:
 *
 *	z = L^-1 ((x - m) / s)
 *
 * so each column keeps what those before it do not tell.  Halfway between R
 * and no correlation at all, for what is estimated of few rows is not to be
 * blown up.  (Kessy, Lewin and Strimmer 2018, "Optimal whitening and
 * decorrelation"; Schaefer and Strimmer 2005 for the shrinkage.)  A deviation
 * under 1e-3 counts as 1e-3.
 */
#ifndef WHITENING_H
#define WHITENING_H

#include <stddef.h>

struct whitening {
	size_t width, rows;
	double *sum, *product;    /* [width], [width,width] lower; owned */
};

void whitening_init(struct whitening *w, size_t width);
void whitening_release(struct whitening *w);

/* Takes note of a row x [width]. */
void whitening_add(struct whitening *w, const float *x);

/*
 * z = weight (x - centre), weight [width,width], lower triangular, centre
 * [width]; of at least one row.
 */
void whitening_solve(float *weight, float *centre, const struct whitening *w);

#endif
