/*
 * noise.h - noise that is made
 */
#ifndef NOISE_H
#define NOISE_H

#include <stddef.h>

#include "core/rng.h"

/* Normally distributed, variance 1. */
void noise_white(float *x, size_t n, struct rng *rng);

/*
 * Power falls 3 dB an octave from 20 Hz on; variance about 1.  A sum of
 * first-order low-passed white noises of equal power, their corners an octave
 * apart: so van der Ziel (1950) explained 1/f noise.
 */
void noise_pink(float *x, size_t n, int rate, struct rng *rng);

#endif
