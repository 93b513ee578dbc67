/*
 * fft.h - power spectra of real frames
 *
 * The only door to FFTW.  A frame of n real samples is transformed as n/2
 * complex ones, z[m] = x[2m] + i x[2m+1], and untangled (Sorensen, Jones,
 * Heideman, Burrus, "Real-valued fast Fourier transform algorithms", 1987):
 *
 *	E[k] = (Z[k] + conj Z[n/2-k]) / 2      the even samples' transform
 *	O[k] = (Z[k] - conj Z[n/2-k]) / 2i     the odd samples'
 *	X[k] = E[k] + exp(-2 pi i k/n) O[k]
 *
 * Spectra come FFT_LANES frames at a time, a bin of all of them side by side,
 * [bin][lane], so that loops over lanes need no shuffling.  Lanes are computed
 * alike and apart: a spectrum depends on its own frame only, bit for bit.
 *
 * All is in double precision, and powers are rounded in the end: rounding in
 * single precision drowns what a band holds beside a strong tone.
 *
 * Plans are estimated, not measured: under a millisecond at start-up, and the
 * same rounding in every run.
 */
#ifndef FFT_H
#define FFT_H

#include <stddef.h>

enum { FFT_LANES = 16 };

struct fft {
	size_t n;           /* samples in a frame */
	void *plan;
	double *twiddle;     /* cos [n/2], then sin [n/2], of 2 pi k/n */
};

/* n: a power of two, at least 4.  Not from two threads at once (FFTW). */
void fft_init(struct fft *f, size_t n);

/*
 * Transform a frame into its lane of z; any number of threads may, with
 * buffers of their own.
 *
 * z [n/2][FFT_LANES][2]   spectrum [n], scratch   frame [n]
 * spectrum and frame are 64-byte aligned; frame is kept.
 */
void fft_forward(double *z, size_t lane, double *spectrum, const double *frame,
		 const struct fft *f);

/* power[k][lane] = |X[k]|^2 for k = 0 … n/2; X is not scaled. */
void fft_power(float *power, const double *z, const struct fft *f);

void fft_release(struct fft *f);

#endif
