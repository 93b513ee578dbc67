/*
 * half.h - the two 16-bit floats, IEEE binary16 and bfloat16
 *
 * To float is exact.  From float rounds to nearest, ties to even; what is too
 * large becomes infinite, NaN stays NaN.
 */
#ifndef HALF_H
#define HALF_H

#include <stddef.h>
#include <stdint.h>

float half_to_float(uint16_t half);

/* n of them, wherever they lie in memory. */
void half_to_floats(float *out, const void *halves, size_t n);
uint16_t half_from_float(float x);

float bfloat_to_float(uint16_t bfloat);
uint16_t bfloat_from_float(float x);

#endif
