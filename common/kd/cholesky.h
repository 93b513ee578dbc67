/*
 * cholesky.h - solve linear equations with a positive definite matrix
 *
 * H x = s by H = L L'.  The lower half of H [n,n] is read and becomes L; s [n]
 * becomes x.  Returns false, with both undefined, where H is not positive
 * definite.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

bool cholesky_solve(double *H, double *s, size_t n);
