#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/vector.h"
#include "core/xalloc.h"
#include "feat/mfcc.h"

enum { LANES = 16 };

static double
element(double c, double b, double bands, double lifter)
{
	const double pi = 3.14159265358979323846;
	double lift = lifter == 0 ? 1 :
		      1 + lifter / 2 * sin(pi * c / lifter);

	return lift * sqrt((c > 0 ? 2 : 1) / bands) *
	       cos(pi * c * (b + 0.5) / bands);
}

void
mfcc_init(struct mfcc *m, size_t bands, size_t coefficients, double lifter)
{
	assert(coefficients > 0 && coefficients <= bands);
	m->bands = bands;
	m->coefficients = coefficients;
	m->groups = (coefficients + LANES - 1) / LANES;
	m->matrix = xcalloc(m->groups * bands, LANES * sizeof *m->matrix);
	for (size_t c = 0; c < coefficients; c++) {
		float *group = m->matrix + c / LANES * bands * LANES;

		for (size_t b = 0; b < bands; b++)
			group[b * LANES + c % LANES] =
				(float)element((double)c, (double)b,
					       (double)bands, lifter);
	}
}

VECTORISED void
mfcc_forward(float *restrict out, size_t stride, const float *restrict mel,
	     size_t mel_stride, size_t rows, const struct mfcc *m)
{
	size_t row_bytes = m->coefficients * sizeof *out;

	for (size_t r = 0; r < rows; r++, out += stride, mel += mel_stride) {
		const float *w = m->matrix;

		for (size_t g = 0; g < m->groups; g++) {
			float sum[LANES] = { 0 };
			size_t done = g * sizeof sum;
			size_t left = row_bytes - done;

			for (size_t b = 0; b < m->bands; b++, w += LANES) {
#pragma omp simd
				for (size_t c = 0; c < LANES; c++)
					sum[c] += w[c] * mel[b];
			}
			memcpy(out + g * LANES, sum,
			       left < sizeof sum ? left : sizeof sum);
		}
	}
}

void
mfcc_release(struct mfcc *m)
{
	free(m->matrix);
	m->matrix = NULL;
}
