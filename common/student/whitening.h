/*
 * whitening.h - columns made to say less again of what others have said
 *
 * Of rows x with mean m, deviations s and correlations R, and L the lower
 * triangular root of R halfway to the identity I, that is L L' = (R + I) / 2:
 *
 *	z = L^-1 ((x - m) / s)
 *
 * so each column loses part of what those before it tell.  With R itself it
 * would lose all of that, and what is left of a column that the others tell
 * nearly whole, and that few rows say anything of, would be blown up.
 * (Kessy, Lewin and Strimmer 2018, "Optimal whitening and decorrelation";
 * Schaefer and Strimmer 2005 for the shrinkage.)  A deviation under 1e-3, or
 * lost in rounding beside the mean, counts as 1e-3.
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
