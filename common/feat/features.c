#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "feat/features.h"

#define VIEW_RANGE 9.f      /* ln units kept below the loudest */
#define VIEW_DEVIATION 2.5f /* about that of speech */

enum { FEATURES_KINDS = 2 };

static const char *const kind_name[FEATURES_KINDS] = { "fbank", "mfcc" };

size_t
features_static_width(const struct features_type *t)
{
	return (size_t)t->columns + (t->pitch ? PITCH_COLUMNS : 0);
}

size_t
features_width(const struct features_type *t)
{
	return features_static_width(t) * (size_t)(1 + t->deltas);
}

void
features_type_print(char *text, const struct features_type *t)
{
	char bands[16] = "", deltas[16] = "", scale[20] = "";

	if (t->kind == FEATURES_MFCC && t->bands)
		snprintf(bands, sizeof bands, "of%d", t->bands);
	if (t->deltas)
		snprintf(deltas, sizeof deltas, "+deltas%d", t->deltas);
	if (t->scale != 1)
		snprintf(scale, sizeof scale, " x%g", (double)t->scale);
	snprintf(text, FEATURES_TYPE_MAX, "%s%d%s%s%s %d/%d/%d%s",
	         kind_name[t->kind], t->columns, bands,
	         t->pitch ? "+pitch" : "", deltas, t->rate, t->window, t->hop,
	         scale);
}

/* Reads what print writes: prints the result again and compares. */
bool
features_type_parse(struct features_type *t, const char *text)
{
	char again[FEATURES_TYPE_MAX];
	const char *blank = strchr(text, ' ');
	const char *deltas = strstr(text, "+deltas");

	*t = (struct features_type){ .kind = FEATURES_FBANK };
	t->scale = 1;
	if (!blank || sscanf(blank, " %6d/%6d/%6d x%12f", &t->rate,
	                     &t->window, &t->hop, &t->scale) < 3)
		return false;
	for (int k = 0; k < FEATURES_KINDS; k++)
		if (strncmp(text, kind_name[k], strlen(kind_name[k])) == 0)
			t->kind = (enum features_kind)k;
	if (sscanf(text + strlen(kind_name[t->kind]), "%4dof%4d", &t->columns,
	           &t->bands) < 1)
		return false;
	t->pitch = strstr(text, "+pitch") != NULL;
	if (deltas && sscanf(deltas, "+deltas%1d", &t->deltas) != 1)
		return false;
	features_type_print(again, t);
	return t->columns > 0 && (!t->bands || t->bands >= t->columns) &&
	       t->rate > 0 && t->window > 0 && t->hop > 0 && t->scale > 0 &&
	       t->deltas <= 2 && strcmp(again, text) == 0;
}

/* Subtracts from columns from … to - 1 their means, and scales them. */
static void
columns_centre(float *x, size_t T, size_t width, size_t from, size_t to,
               float scale)
{
	for (size_t c = from; c < to; c++) {
		double mean = 0;

		for (size_t t = 0; t < T; t++)
			mean += (double)x[t * width + c];
		mean /= (double)T;
		for (size_t t = 0; t < T; t++)
			x[t * width + c] = scale *
				(x[t * width + c] - (float)mean);
	}
}

/*
 * The quantile of the first `columns` columns, to a hundredth: counted in bins,
 * so that order does not matter.
 */
static float
columns_quantile(const float *x, size_t T, size_t width, size_t columns,
                 double share)
{
	enum { BINS = 1 << 14 };
	uint32_t count[BINS] = { 0 };
	size_t want = (size_t)(share * (double)(T * columns)), seen = 0, b = 0;

	for (size_t t = 0; t < T; t++)
		for (size_t c = 0; c < columns; c++) {
			float at = 100 * x[t * width + c] + BINS / 2;

			at = at < 0 ? 0 : at;
			count[at < BINS - 1 ? (size_t)at : BINS - 1]++;
		}
	while (b < BINS - 1 && seen + count[b] <= want)
		seen += count[b++];
	return ((float)b - BINS / 2) / 100;
}

static float
columns_deviation(const float *x, size_t T, size_t width, size_t columns)
{
	double sum = 0, square = 0, n = (double)(T * columns), variance;

	for (size_t t = 0; t < T; t++)
		for (size_t c = 0; c < columns; c++) {
			double value = (double)x[t * width + c];

			sum += value;
			square += value * value;
		}
	variance = square / n - sum / n * (sum / n);
	return variance > 0 ? (float)sqrt(variance) : 0;
}

static void
column_floor(float *x, size_t T, size_t width, size_t c, float floor)
{
	for (size_t t = 0; t < T; t++)
		if (x[t * width + c] < floor)
			x[t * width + c] = floor;
}

/* The input of a student from raw features; see features.h. */
static void
view_raw(float *x, size_t T, const struct features_type *t)
{
	size_t width = features_width(t), columns = (size_t)t->columns;
	float top, scale;

	switch (t->kind) {
	case FEATURES_FBANK:
		top = columns_quantile(x, T, width, columns, .99);
		for (size_t c = 0; c < columns; c++)
			column_floor(x, T, width, c, top - VIEW_RANGE);
		break;
	case FEATURES_MFCC:
		break;
	}
	scale = 1.6f / (VIEW_DEVIATION +
	                columns_deviation(x, T, width, columns));
	columns_centre(x, T, width, 0, columns, scale);
	if (t->pitch) {
		top = columns_quantile(x + columns + 2, T, width, 1, .99);
		for (size_t i = 0; i < T; i++)
			x[i * width + columns] =
				2 * (x[i * width + columns] - 5.2f);
		column_floor(x, T, width, columns + 2, top - VIEW_RANGE);
		columns_centre(x, T, width, columns + 2, columns + 3, scale);
	}
	columns_centre(x, T, width, features_static_width(t), width, scale);
}

void
features_view(float *x, size_t T, const struct features_type *t,
              bool normalised)
{
	if (!normalised) {
		view_raw(x, T, t);
		return;
	}
	for (size_t i = 0; i < T * features_width(t); i++)
		x[i] *= 1.2f;
}
