/*
 * effects.h - speed, reverberation and telephone channels applied to audio
 */
#pragma once

#include <stddef.h>

#include "core/rng.h"

/*
 * Plays x [n] faster, pitch and tempo together.  Allocates *y, about n / factor
 * samples, which the caller frees, and returns its length.
 */
size_t effect_speed(float **y, const float *x, size_t n, int rate,
                    double factor);

/*
 * Reverberation: y [n] is x convolved with a click followed by white noise
 * that decays exponentially, by 60 dB in t60 seconds (Moorer, "About this
 * reverberation business", 1979).  Noise and click have the same energy, and y
 * the level of x.  Takes n * t60 * rate steps.
 */
void effect_reverb(float *y, const float *x, size_t n, int rate, double t60,
                   struct rng *rng);

/* Band-pass, 300 to 3400 Hz: fourth-order Butterworth filters.  In place. */
void effect_band(float *x, size_t n, int rate);

/* To 8 bits and back by the mu-law of G.711, clipped at full scale. */
void effect_mulaw(float *x, size_t n);
