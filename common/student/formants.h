/*
 * formants.h - resonances of a vocal tract, from a row of a filter bank
 *
 * An all-pole spectrum is fitted to the row (Makhoul, "Linear prediction: a
 * tutorial review", 1975; from a filter bank as in Hermansky, "Perceptual
 * linear predictive analysis of speech", 1990):
 *
 * 1. D(c) = E - ln w + ln c: for a band with its centre at c Hz and a base of
 *    2 w Hz, the log energy per Hz, raised by 3 dB per octave, since speech
 *    falls.  Linear between the centres, constant beyond them.
 * 2. p[i] = exp D at the frequencies (i + 1/2) top / 64, minus the largest D;
 *	r[k] = sum over i of p[i] cos(pi k (i + 1/2) / 64), r[0] times 1.0001
 *    Levinson's recursion gives the prediction coefficients a[0 … order].
 * 3. Formants are the minima of |A|^2 at the frequencies (i + 1/2) top / 128,
 *    moved by up to half a step to the bottom of the parabola through the
 *    logarithms of three neighbours.
 *
 * top is 5500 Hz, or half the rate where that is less; order is 14 for 5500
 * Hz and proportional below.  The bands are those of fbank.h from 20 Hz to
 * half the rate.
 */
#pragma once

#include <stddef.h>

enum {
	FORMANTS = 4, FORMANTS_ORDER = 14,
	FORMANTS_POINTS = 64, FORMANTS_PLACES = 128
};

struct formants {
	size_t order;
	double top;                              /* Hz */
	/* D of a point: between two bands, plus what they all have. */
	size_t below[FORMANTS_POINTS];
	double share[FORMANTS_POINTS], offset[FORMANTS_POINTS];
	double wave[FORMANTS_POINTS][FORMANTS_ORDER + 1];
	double look[FORMANTS_ORDER + 1][FORMANTS_PLACES];
};

/* At least two bands; rate in Hz. */
void formants_init(struct formants *f, size_t bands, int rate);

/*
 * hertz   the lowest FORMANTS of those between 200 Hz and top - 100 Hz
 * energy  [bands] log mel energies of one row
 *
 * Returns how many there are.
 */
size_t formants_find(double hertz[FORMANTS], const float *energy,
                     const struct formants *f);
