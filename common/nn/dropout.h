/* dropout.h - dropout, forward and backward */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/rng.h"

/*
 * Inverted dropout (Srivastava et al. 2014):  y = x mask / (1 - p).
 *
 * mask [n]: 1 keeps an element, 0 drops it.  p, in [0, 1), is rounded to a
 * multiple of 1/65536, the same in all three functions.  At 0 every
 * element is kept and nothing is drawn from r.
 */
void dropout_mask(uint8_t *mask, struct rng *r, float p, size_t n);

/* x, y [n], may be the same. */
void dropout_forward(float *y, const float *x, const uint8_t *mask,
                     float p, size_t n);

/* Adds to dx [n]. */
void dropout_backward(float *dx, const float *dy, const uint8_t *mask,
                      float p, size_t n);
