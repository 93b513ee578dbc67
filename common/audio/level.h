/*
 * level.h - the level of a signal, as an amplitude and in decibels
 *
 * A level is an amplitude, full scale is 1; decibels are 20 log10 of it.
 */
#pragma once

#include <stddef.h>

double level_rms(const float *x, size_t n);  /* sqrt(mean x^2); 0 for n = 0 */
void level_gain(float *x, size_t n, float factor);

double decibels(double level);               /* -infinity for 0 */
double decibels_level(double decibels);
