#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "feat/cmvn.h"
#include "stream/fields.h"
#include "stream/frame.h"
#include "stream/reader.h"
#include "student/functionals.h"
#include "student/whitening.h"

enum {
	SPECTRAL = FUNCTIONALS_SPECTRAL, GROUPS = FUNCTIONALS_GROUPS,
	CEPSTRA = FUNCTIONALS_CEPSTRA, CONTOUR = FUNCTIONALS_CONTOUR,
	QUANTILES = 5
};

static const double pi = 3.14159265358979323846;
static const float active_range = 2.2f, voiced_above = .6f;
static const float rows_second = 100; /* close enough for other hops too */

/* Typical of speech: minus centre, times scale. */
struct kind {
	size_t count;
	float centre, scale;
};

static const struct kind spectral_kinds[] = {
	{ SPECTRAL, 0, 3 }, { SPECTRAL, .7f, 5 },         /* active */
	{ SPECTRAL, 0, 2 }, { SPECTRAL, .7f, 5 },         /* voiced */
	{ SPECTRAL, .2f, 10 },                            /* |change| */
	{ 0, 0, 0 }
};
static const struct kind contour_kinds[] = {
	{ 1, 0, 1 }, { 1, .3f, 5 }, { QUANTILES, 0, 1 },
	{ 1, 0, 50 }, { 1, .1f, 15 }, { 1, .05f, 30 },
	{ 1, 0, 2 }, { 1, 1, 1 }, { 0, 0, 0 }
};
static const struct kind rhythm_kinds[] = {
	{ 1, .8f, 3 }, { 1, .4f, 6 }, { 1, 3, 1 }, { 1, .12f, 15 },
	{ 1, .5f, 2 }, { 1, .1f, 10 }, { 0, 0, 0 }
};

static const struct kind resonance_kinds[] = {
	{ FUNCTIONALS_RESONANCE, 0, 6 }, { 0, 0, 0 }
};
static const double usual_formant[FORMANTS] = { 525, 1600, 2700, 3800 };

/* The rows of an utterance, and which of them count. */
struct rows {
	const float *x, *raw;     /* [T,width]: view, raw features */
	size_t T, width, columns;
	unsigned char *active, *voiced;
};

bool
functionals_known(const struct features_type *t)
{
	return t->kind == FEATURES_FBANK && t->pitch &&
	       t->columns >= GROUPS;
}

static float *
kinds_apply(float *out, const struct kind *kind)
{
	for (; kind->count > 0; kind++)
		for (size_t i = 0; i < kind->count; i++, out++)
			*out = (*out - kind->centre) * kind->scale;
	return out;
}

static int
ascending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Of sorted values, by nearest rank. */
static float
quantile(const float *sorted, size_t n, double share)
{
	return sorted[(size_t)(share * (double)(n - 1) + .5)];
}

static void
rows_mark(struct rows *r, struct arena *scratch)
{
	float *energy = arena_floats(scratch, r->T), floor;
	const float *first = r->x + r->columns; /* of pitch */

	r->active = arena_take(scratch, r->T, 1);
	r->voiced = arena_take(scratch, r->T, 1);
	for (size_t t = 0; t < r->T; t++)
		energy[t] = first[t * r->width + 2];
	qsort(energy, r->T, sizeof *energy, ascending);
	floor = quantile(energy, r->T, .98) - active_range;
	for (size_t t = 0; t < r->T; t++) {
		const float *row = first + t * r->width;

		r->active[t] = row[2] > floor;
		r->voiced[t] = r->active[t] && row[1] > voiced_above;
	}
}

/* S of every row: groups of bands, then cepstra. */
static float *
spectral_rows(const struct rows *r, struct arena *scratch)
{
	size_t C = r->columns;
	float *S = arena_zeros(scratch, r->T * SPECTRAL);
	float *wave = arena_floats(scratch, C * CEPSTRA);

	for (size_t c = 0; c < C; c++)
		for (size_t k = 0; k < CEPSTRA; k++)
			wave[c * CEPSTRA + k] = (float)(sqrt(2. / (double)C) *
				cos(pi * (double)(k + 1) * ((double)c + .5) /
				    (double)C));
	for (size_t t = 0; t < r->T; t++) {
		const float *x = r->x + t * r->width;
		float *s = S + t * SPECTRAL;

		for (size_t g = 0; g < GROUPS; g++) {
			size_t from = g * C / GROUPS, to = (g + 1) * C / GROUPS;

			for (size_t c = from; c < to; c++)
				s[g] += x[c] / (float)(to - from);
		}
		for (size_t c = 0; c < C; c++)
			for (size_t k = 0; k < CEPSTRA; k++)
				s[GROUPS + k] += x[c] * wave[c * CEPSTRA + k];
	}
	return S;
}

/* Mean and deviation of the masked ones of n values, stride apart. */
static void
moments(float *mean, float *deviation, const float *x, size_t stride,
        const unsigned char *mask, size_t n)
{
	double sum = 0, square = 0, count = 0, variance;

	for (size_t i = 0; i < n; i++)
		if (!mask || mask[i]) {
			double value = (double)x[i * stride];

			sum += value;
			square += value * value;
			count++;
		}
	sum /= count > 0 ? count : 1;
	variance = square / (count > 0 ? count : 1) - sum * sum;
	*mean = (float)sum;
	*deviation = variance > 0 ? (float)sqrt(variance) : 0;
}

static float *
spectral_functionals(float *out, const struct rows *r, struct arena *scratch)
{
	const float *S = spectral_rows(r, scratch);
	float *change = out + 4 * SPECTRAL;

	for (size_t s = 0; s < SPECTRAL; s++) {
		moments(out + s, out + SPECTRAL + s, S + s, SPECTRAL,
		        r->active, r->T);
		moments(out + 2 * SPECTRAL + s, out + 3 * SPECTRAL + s, S + s,
		        SPECTRAL, r->voiced, r->T);
		change[s] = 0;
		for (size_t t = 1; t < r->T; t++)
			change[s] += fabsf(S[t * SPECTRAL + s] -
			                   S[(t - 1) * SPECTRAL + s]) /
				(float)(r->T - 1);
	}
	return kinds_apply(out, spectral_kinds);
}

/* Least squares, in units per second; x [n] at the rows when [n]. */
static float
slope(const float *x, const size_t *when, size_t n)
{
	double middle = 0, up = 0, across = 1e-2; /* keeps short ones flat */

	for (size_t i = 0; i < n; i++)
		middle += (double)when[i] / (double)n;
	for (size_t i = 0; i < n; i++) {
		double t = ((double)when[i] - middle) / (double)rows_second;

		up += t * (double)x[i];
		across += t * t;
	}
	return (float)(up / across);
}

static float
mean_size(const float *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += fabs((double)x[i]);
	return n > 0 ? (float)(sum / (double)n) : 0;
}

/* The masked values of a column. */
static float *
contour_functionals(float *out, const struct rows *r, size_t column,
                    const unsigned char *mask, struct arena *scratch)
{
	static const double share[QUANTILES] = { .05, .2, .5, .8, .95 };
	float *x = arena_floats(scratch, r->T);
	float *change = arena_floats(scratch, r->T);
	size_t *when = arena_take(scratch, r->T, sizeof *when);
	size_t n = 0, changes = 0;

	for (size_t t = 0; t < r->T; t++) {
		float here = r->x[t * r->width + column];

		if (!mask[t])
			continue;
		if (n > 0 && when[n - 1] + 1 == t)
			change[changes++] = here - x[n - 1];
		when[n] = t;
		x[n++] = here;
	}
	memset(out, 0, CONTOUR * sizeof *out);
	if (n > 0) {
		moments(&out[0], &out[1], x, 1, NULL, n);
		moments(&out[7], &out[8], change, 1, NULL, changes);
		out[9] = mean_size(change, changes);
		out[10] = slope(x, when, n);
		out[11] = (float)n / rows_second;
		qsort(x, n, sizeof *x, ascending);
		for (int q = 0; q < QUANTILES; q++)
			out[2 + q] = quantile(x, n, share[q]);
	}
	return kinds_apply(out, contour_kinds);
}

/* Number per second and length of the runs of rows with this mask value. */
static void
runs(float out[2], const unsigned char *mask, int value, size_t from,
     size_t to)
{
	size_t count = 0, rows = 0;

	for (size_t t = from; t < to; t++)
		if (mask[t] == value) {
			count += t == from || mask[t - 1] != value;
			rows++;
		}
	out[0] = (float)count / (float)(to - from) * rows_second;
	out[1] = count > 0 ? (float)rows / (float)count / rows_second : 0;
}

static float *
rhythm_functionals(float *out, const struct rows *r)
{
	size_t from = 0, to = r->T, voiced = 0;

	while (from + 1 < to && !r->active[from])
		from++;
	while (from + 1 < to && !r->active[to - 1])
		to--;
	for (size_t t = from; t < to; t++)
		voiced += r->voiced[t];
	out[0] = logf((float)(to - from) / rows_second);
	out[1] = (float)voiced / (float)(to - from);
	runs(out + 2, r->voiced, 1, from, to);
	runs(out + 4, r->active, 0, from, to);
	return kinds_apply(out, rhythm_kinds);
}

/* Quantile by quantile, formant by formant. */
static float *
resonance_functionals(float *out, const struct rows *r, int rate,
                      struct arena *scratch)
{
	static const double share[] = { .2, .5, .8 };
	struct formants *f = arena_take(scratch, 1, sizeof *f);
	float *x = arena_floats(scratch, r->T * FORMANTS);
	size_t n[FORMANTS] = { 0 };

	formants_init(f, r->columns, rate);
	for (size_t t = 0; t < r->T; t++) {
		double hertz[FORMANTS];
		size_t found = !r->voiced[t] ? 0 :
			formants_find(hertz, r->raw + t * r->width, f);

		for (size_t k = 0; k < found; k++)
			x[k * r->T + n[k]++] =
				(float)log(hertz[k] / usual_formant[k]);
	}
	for (size_t k = 0; k < FORMANTS; k++) {
		qsort(x + k * r->T, n[k], sizeof *x, ascending);
		for (size_t q = 0; q < 3; q++)
			out[q * FORMANTS + k] = n[k] == 0 ? 0 :
				quantile(x + k * r->T, n[k], share[q]);
	}
	return kinds_apply(out, resonance_kinds);
}

void
functionals_forward(float *out, const float *raw, const float *view, size_t T,
                    const struct features_type *t, struct arena *scratch)
{
	struct rows r = {
		.x = view, .raw = raw, .T = T, .width = features_width(t),
		.columns = (size_t)t->columns
	};

	assert(T > 0 && functionals_known(t));
	rows_mark(&r, scratch);
	out = spectral_functionals(out, &r, scratch);
	out = contour_functionals(out, &r, r.columns, r.voiced, scratch);
	out = contour_functionals(out, &r, r.columns + 2, r.active, scratch);
	out = contour_functionals(out, &r, r.columns + 1, r.active, scratch);
	out = rhythm_functionals(out, &r);
	resonance_functionals(out, &r, t->rate, scratch);
}

float *
functionals_of(struct frame *f)
{
	const char *why, *text = frame_text(f, FIELD_FEATURES_TYPE);
	const struct tensor *x = frame_need(f, FIELD_FEATURES, 2, &why);
	struct features_type type;
	float *view, *out;

	if (!x || x->dim[0] < 1 || frame_has(f, FIELD_CMVN) || !text ||
	    !features_type_parse(&type, text) || !functionals_known(&type) ||
	    features_width(&type) != x->dim[1])
		return NULL;
	view = arena_floats(&f->arena, tensor_length(x));
	memcpy(view, x->data, tensor_length(x) * sizeof *view);
	features_view(view, x->dim[0], &type, false);
	out = arena_floats(&f->arena, FUNCTIONALS);
	functionals_forward(out, x->data, view, x->dim[0], &type, &f->arena);
	return out;
}

/* Creates them for a new name; the width is always the same. */
static struct cmvn *
statistics_of(struct cmvn_groups *g, const char *name)
{
	const char *why;

	return cmvn_groups_find(g, name, FUNCTIONALS, &why);
}

void
functionals_learn(struct cmvn_groups *g, const char *name, struct frame *f)
{
	const float *x = functionals_of(f);

	if (x)
		cmvn_add(statistics_of(g, name), x, 1, NULL);
}

void
functionals_normalise(struct cmvn_groups *g, const char *name,
                      struct frame *f)
{
	const float *x = functionals_of(f);
	float *y;

	if (!x)
		return;
	y = frame_add1(f, FIELD_FUNCTIONALS, FUNCTIONALS);
	memcpy(y, x, FUNCTIONALS * sizeof *y);
	cmvn_apply(statistics_of(g, name), y, 1, false);
}

/* Why an utterance has no functionals though it should, or NULL. */
static const char *
refusal(struct frame *f, const float *functionals)
{
	const char *why;

	if (functionals)
		return floats_finite(functionals, FUNCTIONALS) ? NULL
			: "features too large to compute with";
	if (frame_has(f, FIELD_CMVN))
		return NULL;
	return frame_need(f, FIELD_FEATURES, 2, &why)
		? "features that have no functionals" : why;
}

static void
type_check(struct frame *f, const struct features_type *t)
{
	const char *have = frame_text(f, FIELD_FEATURES_TYPE);
	char want[FEATURES_TYPE_MAX];

	features_type_print(want, t);
	if (have && strcmp(have, want) != 0)
		die("%s: features are \"%s\", the student's are \"%s\"",
		    frame_id(f), have, want);
}

void
functionals_whiten(float *weight, float *centre, const char *path,
                   const struct features_type *t)
{
	struct reader r;
	struct frame f = { .field = NULL };
	struct whitening w;

	whitening_init(&w, FUNCTIONALS);
	reader_open_path(&r, path);
	reader_show_progress(&r);
	while (reader_next(&r, &f)) {
		const float *x = functionals_of(&f);
		const char *why = refusal(&f, x);

		type_check(&f, t);
		if (why)
			die("%s: %s", frame_id(&f), why);
		if (x)
			whitening_add(&w, x);
	}
	if (w.rows == 0)
		die("%s: no utterance with raw features", r.name);
	whitening_solve(weight, centre, &w);
	if (!floats_finite(weight, (size_t)FUNCTIONALS * FUNCTIONALS))
		die("%s: features of impossible values", r.name);
	whitening_release(&w);
	reader_close(&r);
	frame_release(&f);
}
