/*
 * formants.h - resonances of a vocal tract, from a row of a filter bank
 *
 * An all-pole spectrum is laid over the row (Makhoul, "Linear prediction: a
 * tutorial review", 1975; from a filter bank as in Hermansky, "Perceptual
 * linear predictive analysis of speech", 1990):
 *
 * 1. D(c) = E - ln w + ln c: of each band, whose centre is c Hz, the log energy
 *    by Hz, half its base being w Hz, and 3 dB an octave against the fall of
 *    the voice.  In between on a straight line, beyond the ends level.
 * 2. p[i] = exp D at the frequencies (i + 1/2) top / 64, less the largest;
 *	r[k] = sum over i of p[i] cos(pi k (i + 1/2) / 64), r[0] times 1.0001
 *    and by Levinson's recursion the prediction coefficients a[0 … order].
 * 3. Formants are where |A|^2, at the frequencies (i + 1/2) top / 128, is less
 *    than before and not more than after; moved by up to half a step to the
 *    bottom of the parabola through the three logarithms.
 *
 * top is 5500 Hz, or half the rate where that is less; order 14 for 5500 Hz,
 * in proportion below.  The bands are those of fbank.h from 20 Hz to half the
 * rate.
 */
#ifndef FORMANTS_H
#define FORMANTS_H

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

#endif
