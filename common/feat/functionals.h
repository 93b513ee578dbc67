/*
 * functionals.h - an utterance's features as one row of statistics
 *
 * Five for each column, as openSMILE's sets have them (Eyben et al. 2016):
 * mean, deviation, mean of |x[t+1] - x[t]|, 20th and 80th percentile.  Where
 * column f0 is log F0 and the next one voicing, rows count for column f0 by
 * voicing squared, and for its percentiles those with voicing over a half.
 */
#ifndef FUNCTIONALS_H
#define FUNCTIONALS_H

#include <stddef.h>

#include "core/arena.h"

enum { FUNCTIONALS = 5, FUNCTIONALS_NO_F0 = -1 };

/*
 * out [FUNCTIONALS, width]: a row of all means, one of all deviations, …
 * x [T,width], T > 0   f0: a column, or FUNCTIONALS_NO_F0
 */
void functionals_forward(float *out, const float *x, size_t T, size_t width,
                         int f0, struct arena *scratch);

#endif
