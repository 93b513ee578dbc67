/*
 * cholesky.h - a system of equations whose matrix is symmetric and positive
 *
 * H x = s by H = L L', with H [n,n], of which the lower half is read and
 * becomes L, and s [n], which becomes x.  False where H is not positive: both
 * are then of no use.
 */
#ifndef CHOLESKY_H
#define CHOLESKY_H

#include <stdbool.h>
#include <stddef.h>

bool cholesky_solve(double *H, double *s, size_t n);

#endif
