#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/vector.h"
#include "core/xalloc.h"
#include "feat/fbank.h"
#include "feat/veclog.h"

enum { LANES = FFT_LANES };

struct workspace {
	double *frame;    /* [size] */
	double *spectrum; /* [size] */
	double *z;        /* [size/2][LANES][2] */
	float *power;     /* [size/2+1][LANES] */
	float *mel;       /* [bands][LANES] */
};

static double
window_value(double angle, enum window_shape shape)
{
	double hann = 0.5 - 0.5 * cos(angle);

	switch (shape) {
	case WINDOW_POVEY:
		/* rounding may make this negative */
		return pow(hann > 0 ? hann : 0, 0.85);
	case WINDOW_HAMMING:
		return 0.54 - 0.46 * cos(angle);
	case WINDOW_HANNING:
		return hann;
	default:
		return 1;
	}
}

static void
window_fill(double *out, size_t n, enum window_shape shape)
{
	const double step = 2 * 3.14159265358979323846 / (double)(n - 1);

	for (size_t i = 0; i < n; i++)
		out[i] = window_value(step * (double)i, shape);
}

void
fbank_init(struct fbank *fb, const struct fbank_options *options)
{
	size_t window = (size_t)options->window, size = 4;

	assert(options->window >= 3 && options->hop > 0 && options->bands > 0);
	while (size < window)
		size *= 2;
	fb->options = *options;
	fft_init(&fb->fft, size);
	mel_init(&fb->mel, (size_t)options->bands, size,
		 options->rate, options->low, options->high);
	fb->shape = xmalloc(window, sizeof *fb->shape);
	window_fill(fb->shape, window, options->shape);
}

size_t
fbank_rows(const struct fbank *fb, size_t samples)
{
	size_t window = (size_t)fb->options.window;

	if (samples < window)
		return 0;
	return 1 + (samples - window) / (size_t)fb->options.hop;
}

/* The mean, in double precision: it may exceed the signal by far. */
VECTORISED static double
mean(const float *x, size_t n)
{
	double sum[LANES] = { 0 };
	size_t i = 0;

	for (; i + LANES <= n; i += LANES)
		for (size_t lane = 0; lane < LANES; lane++)
			sum[lane] += x[i + lane];
	for (; i < n; i++)
		sum[0] += x[i];
	for (size_t lane = 1; lane < LANES; lane++)
		sum[0] += sum[lane];
	return sum[0] / (double)n;
}

/* ln of the sum of squares of scale * (x - offset). */
VECTORISED static float
log_energy(const float *x, size_t n, double offset, double scale)
{
	double sum[LANES] = { 0 };
	size_t i = 0;

	for (; i + LANES <= n; i += LANES)
		for (size_t lane = 0; lane < LANES; lane++) {
			double d = x[i + lane] - offset;

			sum[lane] += d * d;
		}
	for (; i < n; i++)
		sum[0] += (x[i] - offset) * (x[i] - offset);
	for (size_t lane = 1; lane < LANES; lane++)
		sum[0] += sum[lane];
	sum[0] *= scale * scale;
	if (!(sum[0] > (double)FLT_EPSILON))
		return veclog(FLT_EPSILON);
	return veclog(sum[0] < (double)FLT_MAX ? (float)sum[0] : FLT_MAX);
}

/* Offset removed, preemphasis, window; the rest of the frame is zero. */
VECTORISED static void
frame_fill(double *restrict frame, const float *restrict x,
	   const double *restrict shape, size_t n, size_t size,
	   double offset, double scale, double preemphasis)
{
	double before = x[0] - offset;

	frame[0] = scale * shape[0] * (before - preemphasis * before);
	for (size_t i = 1; i < n; i++) {
		double now = x[i] - offset;
		double last = x[i - 1] - offset;

		frame[i] = scale * shape[i] * (now - preemphasis * last);
	}
	memset(frame + n, 0, (size - n) * sizeof *frame);
}

VECTORISED static void
log_lanes(float *x, size_t n)
{
	/* as one loop, GCC 12 makes a branch of it */
	for (size_t i = 0; i < n; i++)
		x[i] = x[i] > FLT_EPSILON ? x[i] : FLT_EPSILON;
	for (size_t i = 0; i < n; i++)
		x[i] = veclog(x[i]);
}

/* At most LANES rows. */
static void
fbank_block(float *out, float *energy, size_t stride, const float *audio,
	    size_t rows, const struct fbank *fb, const struct workspace *w)
{
	const struct fbank_options *o = &fb->options;
	size_t window = (size_t)o->window, bands = (size_t)o->bands;

	for (size_t r = 0; r < rows; r++, audio += o->hop) {
		double offset = mean(audio, window);

		if (energy)
			energy[r * stride] = log_energy(audio, window,
							offset, o->scale);
		frame_fill(w->frame, audio, fb->shape, window, fb->fft.n,
			   offset, o->scale, o->preemphasis);
		fft_forward(w->z, r, w->spectrum, w->frame, &fb->fft);
	}
	fft_power(w->power, w->z, &fb->fft);
	mel_forward(w->mel, w->power, &fb->mel);
	log_lanes(w->mel, bands * LANES);
	for (size_t r = 0; r < rows; r++)
		for (size_t b = 0; b < bands; b++)
			out[r * stride + b] = w->mel[b * LANES + r];
}

void
fbank_forward(float *out, float *energy, size_t stride,
	      const float *audio, size_t rows, const struct fbank *fb)
{
	size_t size = fb->fft.n;
	struct arena memory = ARENA_INIT;
	struct workspace w = {
		.frame = arena_take(&memory, size, sizeof *w.frame),
		.spectrum = arena_take(&memory, size, sizeof *w.spectrum),
		.z = arena_take(&memory, size * LANES, sizeof *w.z),
		.power = arena_floats(&memory, (size / 2 + 1) * LANES),
		.mel = arena_floats(&memory, fb->mel.bands * LANES),
	};

	/* lanes without a row are computed too */
	memset(w.z, 0, size * LANES * sizeof *w.z);
	for (size_t r = 0; r < rows; r += LANES) {
		size_t count = rows - r < LANES ? rows - r : LANES;

		fbank_block(out + r * stride,
			    energy ? energy + r * stride : NULL, stride,
			    audio + r * (size_t)fb->options.hop, count,
			    fb, &w);
	}
	arena_release(&memory);
}

void
fbank_release(struct fbank *fb)
{
	fft_release(&fb->fft);
	mel_release(&fb->mel);
	free(fb->shape);
	fb->shape = NULL;
}
