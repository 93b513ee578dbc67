#include <assert.h>
#include <math.h>

#include "core/vector.h"
#include "feat/mel.h"
#include "student/formants.h"

enum { POINTS = FORMANTS_POINTS, PLACES = FORMANTS_PLACES };

static const double pi = 3.14159265358979323846;
static const double highest = 5500, lowest_formant = 200, margin = 100;
static const double bank_low = 20; /* Hz */

/* Centre of band b, and what its log energy lacks to D. */
static double
band_centre(double *lack, double b, double bands, double rate)
{
	double low = mel_scale(bank_low);
	double step = (mel_scale(rate / 2) - low) / (bands + 1);
	double centre = mel_hertz(low + (b + 1) * step);
	double width = (mel_hertz(low + (b + 2) * step) -
	                mel_hertz(low + b * step)) / 2;

	*lack = log(centre / width);
	return centre;
}

static void
points_place(struct formants *f, size_t bands, double rate)
{
	double here, there, here_lacks, there_lacks;
	size_t b = 0;

	for (size_t i = 0; i < POINTS; i++) {
		double at = ((double)i + .5) * f->top / POINTS, share;

		for (;; b++) {
			here = band_centre(&here_lacks, (double)b,
			                   (double)bands, rate);
			there = band_centre(&there_lacks, (double)b + 1,
			                    (double)bands, rate);
			if (at < there || b + 2 == bands)
				break;
		}
		share = (at - here) / (there - here);
		share = fmin(fmax(share, 0), 1);
		f->below[i] = b;
		f->share[i] = share;
		f->offset[i] = here_lacks + share * (there_lacks - here_lacks);
	}
}

void
formants_init(struct formants *f, size_t bands, int rate)
{
	assert(bands >= 2 && rate > 0);
	f->top = fmin(highest, rate / 2.);
	f->order = (size_t)(FORMANTS_ORDER * f->top / highest);
	points_place(f, bands, rate);
	for (size_t k = 0; k <= FORMANTS_ORDER; k++) {
		for (size_t i = 0; i < POINTS; i++)
			f->wave[i][k] = cos(pi * (double)k *
			                    ((double)i + .5) / POINTS);
		for (size_t i = 0; i < PLACES; i++)
			f->look[k][i] = cos(pi * (double)k *
			                    ((double)i + .5) / PLACES);
	}
}

/* r [FORMANTS_ORDER+1] of a row. */
VECTORISED static void
autocorrelation(double *restrict r, const float *restrict energy,
                const struct formants *restrict f)
{
	double D[POINTS], most = -INFINITY;

	for (size_t i = 0; i < POINTS; i++) {
		double here = (double)energy[f->below[i]];
		double there = (double)energy[f->below[i] + 1];

		D[i] = here + f->share[i] * (there - here) + f->offset[i];
		most = D[i] > most ? D[i] : most;
	}
	for (size_t k = 0; k <= FORMANTS_ORDER; k++)
		r[k] = 0;
	for (size_t i = 0; i < POINTS; i++) {
		double p = exp(D[i] - most);

#pragma omp simd
		for (size_t k = 0; k <= FORMANTS_ORDER; k++)
			r[k] += p * f->wave[i][k];
	}
	r[0] *= 1.0001;
}

/* a [order+1], of a positive spectrum: the recursion cannot fail. */
static void
levinson(double *a, const double *r, size_t order)
{
	double error = r[0], before[FORMANTS_ORDER + 1];

	a[0] = 1;
	for (size_t m = 1; m <= order; m++) {
		double reflection = r[m];

		for (size_t j = 1; j < m; j++) {
			before[j] = a[j];
			reflection += a[j] * r[m - j];
		}
		reflection /= -error;
		for (size_t j = 1; j < m; j++)
			a[j] = before[j] + reflection * before[m - j];
		a[m] = reflection;
		error *= 1 - reflection * reflection;
	}
}

/* |A|^2 at PLACES frequencies. */
VECTORISED static void
spectrum(double *restrict out, const double *restrict a,
         const struct formants *restrict f)
{
	for (size_t i = 0; i < PLACES; i++)
		out[i] = 0;
	for (size_t k = 0; k <= f->order; k++) {
		double c = 0;

		for (size_t j = 0; j + k <= f->order; j++)
			c += a[j] * a[j + k];
		c *= k > 0 ? 2 : 1;
#pragma omp simd
		for (size_t i = 0; i < PLACES; i++)
			out[i] += c * f->look[k][i];
	}
}

/* From the middle one of three, where that is the least, in steps. */
static double
bottom(const double value[3])
{
	double before = log(value[0]), here = log(value[1]);
	double after = log(value[2]), bend = before - 2 * here + after;

	return bend > 0 ? .5 * (before - after) / bend : 0;
}

size_t
formants_find(double hertz[FORMANTS], const float *energy,
              const struct formants *f)
{
	double r[FORMANTS_ORDER + 1], a[FORMANTS_ORDER + 1], power[PLACES];
	size_t found = 0;

	autocorrelation(r, energy, f);
	levinson(a, r, f->order);
	spectrum(power, a, f);
	for (size_t i = 1; i + 1 < PLACES && found < FORMANTS; i++) {
		double at;

		if (power[i] >= power[i - 1] || power[i] > power[i + 1])
			continue;
		at = ((double)i + .5 + bottom(power + i - 1)) *
			f->top / PLACES;
		if (at > lowest_formant && at < f->top - margin)
			hertz[found++] = at;
	}
	return found;
}
