/*
 * level.h - how loud
 *
 * Levels are amplitudes, full scale being 1; decibels are 20 log10 of them.
 */
#ifndef LEVEL_H
#define LEVEL_H

#include <stddef.h>

float level_peak(const float *x, size_t n);  /* max |x|; 0 for n = 0 */
double level_rms(const float *x, size_t n);  /* sqrt(mean x^2) */
void level_gain(float *x, size_t n, float factor);

double decibels(double level);               /* -infinity for 0 */
double decibels_level(double decibels);

#endif
