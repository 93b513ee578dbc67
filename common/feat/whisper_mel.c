#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/chunk.h"
#include "core/vector.h"
#include "core/xalloc.h"
#include "feat/veclog.h"
#include "feat/whisper_mel.h"

enum { LANES = FFT_LANES, WINDOW = WHISPER_MEL_WINDOW, HOP = WHISPER_MEL_HOP };

static const float FLOOR = -10, RANGE = 8; /* of log10 */

struct workspace {
	struct arena memory;
	double *frame, *spectrum; /* [WINDOW] */
	double *z;                /* [WINDOW/2][LANES][2] */
	float *power;             /* [WINDOW/2+1][LANES] */
	float *mel;               /* [bands][LANES] */
};

/* An utterance: N samples, then zeros up to length. */
struct signal {
	const float *audio;
	size_t N, length;
};

void
whisper_mel_init(struct whisper_mel *m, size_t bands)
{
	const double step = 2 * 3.14159265358979323846 / WINDOW;

	fft_init(&m->fft, WINDOW);
	mel_init_slaney(&m->mel, bands, WINDOW, WHISPER_MEL_RATE);
	m->window = xmalloc(WINDOW, sizeof *m->window);
	for (size_t i = 0; i < WINDOW; i++)
		m->window[i] = 0.5 - 0.5 * cos(step * (double)i);
}

void
whisper_mel_release(struct whisper_mel *m)
{
	fft_release(&m->fft);
	mel_release(&m->mel);
	free(m->window);
	m->window = NULL;
}

size_t
whisper_mel_rows(size_t samples)
{
	return samples < WHISPER_MEL_LEAST ? 0 : samples / HOP;
}

/* Sample i of the signal reflected at both ends; i counts from -WINDOW/2. */
static double
sample_at(const struct signal *s, size_t i)
{
	size_t at = i < WINDOW / 2 ? WINDOW / 2 - i : i - WINDOW / 2;

	if (at >= s->length)
		at = 2 * (s->length - 1) - at;
	return at < s->N ? (double)s->audio[at] : 0;
}

static void
frame_fill(double *frame, const struct signal *s, size_t row,
           const struct whisper_mel *m)
{
	size_t from = row * HOP;

	if (from >= WINDOW / 2 && from + WINDOW / 2 <= s->N)
		for (size_t i = 0; i < WINDOW; i++)
			frame[i] = m->window[i] *
				(double)s->audio[from - WINDOW / 2 + i];
	else
		for (size_t i = 0; i < WINDOW; i++)
			frame[i] = m->window[i] * sample_at(s, from + i);
}

VECTORISED static void
log_lanes(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = x[i] > 1e-10f ? x[i] : 1e-10f;
	for (size_t i = 0; i < n; i++)
		x[i] = veclog(x[i] < FLT_MAX ? x[i] : FLT_MAX) * 0.4342944819f;
}

static void
workspace_take(struct workspace *w, const struct whisper_mel *m)
{
	w->memory = (struct arena)ARENA_INIT;
	w->frame = arena_take(&w->memory, WINDOW, sizeof *w->frame);
	w->spectrum = arena_take(&w->memory, WINDOW, sizeof *w->spectrum);
	w->z = arena_take(&w->memory, WINDOW * LANES, sizeof *w->z);
	w->power = arena_floats(&w->memory, (WINDOW / 2 + 1) * LANES);
	w->mel = arena_floats(&w->memory, m->mel.bands * LANES);
	/* lanes without a row are computed too */
	memset(w->z, 0, WINDOW * LANES * sizeof *w->z);
}

/* The logarithms of at most LANES rows. */
static void
block_forward(float *out, const struct signal *s, size_t row, size_t rows,
              struct workspace *w, const struct whisper_mel *m)
{
	size_t bands = m->mel.bands;

	for (size_t r = 0; r < rows; r++) {
		frame_fill(w->frame, s, row + r, m);
		fft_forward(w->z, r, w->spectrum, w->frame, &m->fft);
	}
	fft_power(w->power, w->z, &m->fft);
	mel_forward(w->mel, w->power, &m->mel);
	log_lanes(w->mel, bands * LANES);
	for (size_t r = 0; r < rows; r++)
		for (size_t b = 0; b < bands; b++)
			out[r * bands + b] = w->mel[b * LANES + r];
}

/* Rows that zeros alone reach, if no reflection at the end reaches samples. */
static size_t
silent_from(const struct signal *s, size_t rows)
{
	size_t from = (s->N + WINDOW / 2 + HOP - 1) / HOP;

	return s->length - s->N > WINDOW && from < rows ? from : rows;
}

VECTORISED static void
range_limit(float *x, size_t n)
{
	float most = FLOOR;

	for (size_t i = 0; i < n; i++)
		most = x[i] > most ? x[i] : most;
	for (size_t i = 0; i < n; i++)
		x[i] = ((x[i] > most - RANGE ? x[i] : most - RANGE) + 4) / 4;
}

void
whisper_mel_forward(float *out, const float *audio, size_t N, size_t length,
                    const struct whisper_mel *m)
{
	const struct signal s = { audio, N, length };
	size_t bands = m->mel.bands, rows = whisper_mel_rows(length);
	size_t silent = silent_from(&s, rows);

	#pragma omp parallel if (chunk_worth(silent * WINDOW))
	{
		struct workspace w;

		workspace_take(&w, m);
		#pragma omp for schedule(dynamic)
		for (size_t r = 0; r < silent; r += LANES)
			block_forward(out + r * bands, &s, r,
			              chunk_length(r, LANES, silent), &w, m);
		arena_release(&w.memory);
	}
	for (size_t i = silent * bands; i < rows * bands; i++)
		out[i] = FLOOR;
	range_limit(out, rows * bands);
}
