/*
 * fft.h - power spectra of real frames
 *
 * The only module that uses FFTW.  A frame of n real samples is transformed as
 * n/2 complex ones, z[m] = x[2m] + i x[2m+1], and untangled (Sorensen, Jones,
 * Heideman, Burrus, "Real-valued fast Fourier transform algorithms", 1987):
 *
 *	E[k] = (Z[k] + conj Z[n/2-k]) / 2      the even samples' transform
 *	O[k] = (Z[k] - conj Z[n/2-k]) / 2i     the odd samples'
 *	X[k] = E[k] + exp(-2 pi i k/n) O[k]
 *
 * FFT_LANES frames are transformed together, with each bin of all of them side
 * by side, [bin][lane], so that loops over lanes vectorise.  A spectrum depends
 * on its own frame only, bit for bit.
 *
 * All is in double precision, and powers are rounded last: in single precision,
 * the rounding of a strong tone would hide weak bands.
 *
 * Plans are estimated, not measured: they take less than a millisecond, and
 * every run rounds in the same way.
 */
#pragma once

#include <stddef.h>

enum { FFT_LANES = 16 };

struct fft {
	size_t n;           /* samples in a frame */
	void *plan;
	double *twiddle;     /* cos [n/2], then sin [n/2], of 2 pi k/n */
};

/* n: a multiple of 4.  Not in two threads at once (FFTW). */
void fft_init(struct fft *f, size_t n);

/*
 * Transforms a frame into its lane of z.  Threads may do so at once, with
 * buffers of their own.
 *
 * z [n/2][FFT_LANES][2]   spectrum [n], scratch   frame [n]
 * spectrum and frame are 64-byte aligned; frame is unchanged.
 */
void fft_forward(double *z, size_t lane, double *spectrum, const double *frame,
		 const struct fft *f);

/* power[k][lane] = |X[k]|^2 for k = 0 … n/2, without scaling. */
void fft_power(float *power, const double *z, const struct fft *f);

void fft_release(struct fft *f);
