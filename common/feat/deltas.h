/*
 * deltas.h - slopes of features over time, as Kaldi's add-deltas
 *
 *	first   d[t] = sum over j = -2 … 2 of j x[t+j] / 10
 *	second  the same filter on itself: nine taps on x, not d's of d's
 *
 * with the first and last row repeated beyond the ends (Furui 1986; Kaldi
 * src/feat/feature-functions.cc, DeltaFeatures, window 2).
 */
#ifndef DELTAS_H
#define DELTAS_H

#include <stddef.h>

/*
 * Beside the first `columns` of each row of x write their first slopes, and
 * for order 2 their second slopes beside those.  order is 0, 1 or 2.
 *
 * x [rows], each of columns * (1 + order) floats, `stride` floats apart
 */
void deltas_forward(float *x, size_t stride, size_t rows, size_t columns,
		    int order);

#endif
