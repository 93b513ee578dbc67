/*
 * finite.h - are all of these numbers numbers?
 */
#ifndef FINITE_H
#define FINITE_H

#include <stdbool.h>
#include <stddef.h>

/* False where x [n] holds a NaN or an infinity. */
bool floats_finite(const float *x, size_t n);

#endif
