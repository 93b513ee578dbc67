/*
 * deltas.h - differences of features over time, as Kaldi's add-deltas
 *
 *	first   d[t] = sum over j = -2 … 2 of j x[t+j] / 10
 *	second  the convolution of that filter with itself, nine taps on x
 *
 * The first and last row are repeated beyond the ends (Furui 1986; Kaldi
 * src/feat/feature-functions.cc, DeltaFeatures, window 2).
 */
#pragma once

#include <stddef.h>

/*
 * Writes the first differences of the first `columns` columns of x behind them,
 * and for order 2 the second differences behind those.  order is 0, 1 or 2.
 *
 * x [rows], each of columns * (1 + order) floats, `stride` floats apart
 */
void deltas_forward(float *x, size_t stride, size_t rows, size_t columns,
		    int order);
