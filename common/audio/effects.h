/*
 * effects.h - what rooms and telephones do to a voice
 */
#ifndef EFFECTS_H
#define EFFECTS_H

#include <stddef.h>

#include "core/rng.h"

/*
 * Plays x [n] faster: y [about n / factor], owned by the caller, the pitch
 * raised with the tempo.  Returns its length.
 */
size_t effect_speed(float **y, const float *x, size_t n, int rate,
                    double factor);

/*
 * A room whose sound dies away by 60 dB in t60 seconds: y [n] is x convolved
 * with a click followed by white noise that decays exponentially (Moorer,
 * "About this reverberation business", 1979), as much energy in the noise as
 * in the click; then brought back to the level of x.  Takes n * t60 * rate
 * steps.
 */
void effect_reverb(float *y, const float *x, size_t n, int rate, double t60,
                   struct rng *rng);

/* 300 to 3400 Hz by Butterworth filters, fourth order each.  In place. */
void effect_band(float *x, size_t n, int rate);

/* To 8 bits by the mu-law of G.711 and back, clipped at full scale. */
void effect_mulaw(float *x, size_t n);

#endif
