#include <assert.h>
#include <fftw3.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/vector.h"
#include "core/xalloc.h"
#include "feat/fft.h"

enum { LANES = FFT_LANES, STEP = 2 * LANES, ALIGN = 64 };

static double *
scratch(size_t n)
{
	double *p = aligned_alloc(ALIGN, (n * sizeof *p + ALIGN - 1) /
				 ALIGN * ALIGN);

	if (!p)
		die("out of memory");
	return p;
}

void
fft_init(struct fft *f, size_t n)
{
	const double step = 2 * 3.14159265358979323846 / (double)n;
	double *frame = scratch(n), *spectrum = scratch(n);
	size_t half = n / 2;

	assert(n >= 4 && n % 4 == 0);
	f->n = n;
	f->twiddle = xmalloc(n, sizeof *f->twiddle);
	for (size_t k = 0; k < half; k++) {
		f->twiddle[k] = cos(step * (double)k);
		f->twiddle[half + k] = sin(step * (double)k);
	}
	f->plan = fftw_plan_dft_1d((int)half, (fftw_complex *)frame,
				   (fftw_complex *)spectrum, FFTW_FORWARD,
				   FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
	if (!f->plan)
		die("FFTW has no plan for %zu points", half);
	free(spectrum);
	free(frame);
}

void
fft_forward(double *z, size_t lane, double *spectrum, const double *frame,
	    const struct fft *f)
{
	assert((uintptr_t)frame % ALIGN == 0);
	assert((uintptr_t)spectrum % ALIGN == 0);
	/* FFTW takes no const pointer, but this plan preserves its input */
	fftw_execute_dft(f->plan, (fftw_complex *)(uintptr_t)frame,
			 (fftw_complex *)spectrum);
	z += 2 * lane;
	for (size_t k = 0; k < f->n / 2; k++)
		memcpy(z + k * STEP, spectrum + 2 * k, 2 * sizeof *z);
}

/*
 * Bins k and n/2 - k of all lanes from a = Z[k] and b = Z[n/2-k]: with
 * W = exp(-2 pi i k/n), they are E + W O and conj(E - W O).
 */
VECTORISED static void
untangle(float *restrict low, float *restrict high, const double *restrict a,
	 const double *restrict b, double cosine, double sine)
{
	for (size_t lane = 0; lane < LANES; lane++) {
		double ar = a[2 * lane], ai = a[2 * lane + 1];
		double br = b[2 * lane], bi = b[2 * lane + 1];
		double er = ar + br, ei = ai - bi;
		double or = ai + bi, oi = br - ar;
		double wr = cosine * or + sine * oi;
		double wi = cosine * oi - sine * or;

		low[lane] = (float)(.25 * ((er + wr) * (er + wr) +
					   (ei + wi) * (ei + wi)));
		high[lane] = (float)(.25 * ((er - wr) * (er - wr) +
					    (ei - wi) * (ei - wi)));
	}
}

VECTORISED void
fft_power(float *restrict power, const double *restrict z, const struct fft *f)
{
	const double *cosine = f->twiddle, *sine = cosine + f->n / 2;
	size_t half = f->n / 2;

	for (size_t lane = 0; lane < LANES; lane++) {
		double sum = z[2 * lane] + z[2 * lane + 1];
		double difference = z[2 * lane] - z[2 * lane + 1];

		power[lane] = (float)(sum * sum);
		power[half * LANES + lane] = (float)(difference * difference);
	}
	for (size_t k = 1; k < half - k; k++)
		untangle(power + k * LANES, power + (half - k) * LANES,
			 z + k * STEP, z + (half - k) * STEP,
			 cosine[k], sine[k]);
	for (size_t lane = 0; lane < LANES; lane++) {
		const double *middle = z + half / 2 * STEP + 2 * lane;

		power[half / 2 * LANES + lane] =
			(float)(middle[0] * middle[0] + middle[1] * middle[1]);
	}
}

void
fft_release(struct fft *f)
{
	fftw_destroy_plan(f->plan);
	free(f->twiddle);
	f->plan = NULL;
	f->twiddle = NULL;
}
