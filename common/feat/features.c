#include <stdio.h>
#include <string.h>

#include "feat/features.h"

static const char *const kind_name[] = { "fbank", "mfcc" };

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
	char deltas[16] = "", scale[20] = "";

	if (t->deltas)
		snprintf(deltas, sizeof deltas, "+deltas%d", t->deltas);
	if (t->scale != 1)
		snprintf(scale, sizeof scale, " x%g", (double)t->scale);
	snprintf(text, FEATURES_TYPE_MAX, "%s%d%s%s %d/%d/%d%s",
	         kind_name[t->kind], t->columns, t->pitch ? "+pitch" : "",
	         deltas, t->rate, t->window, t->hop, scale);
}

/* Reads what print writes: builds the text back and compares. */
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
	if (strncmp(text, "mfcc", 4) == 0)
		t->kind = FEATURES_MFCC;
	if (sscanf(text + strlen(kind_name[t->kind]), "%4d", &t->columns) != 1)
		return false;
	t->pitch = strstr(text, "+pitch") != NULL;
	if (deltas && sscanf(deltas, "+deltas%1d", &t->deltas) != 1)
		return false;
	features_type_print(again, t);
	return t->columns > 0 && t->deltas <= 2 && strcmp(again, text) == 0;
}

/* x = (x - its mean over time) * scale, for the columns from … to - 1. */
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

void
features_view(float *x, size_t T, const struct features_type *t,
              bool normalised)
{
	size_t width = features_width(t), bands = (size_t)t->columns;

	if (normalised) {
		for (size_t i = 0; i < T * width; i++)
			x[i] *= 1.2f;
		return;
	}
	columns_centre(x, T, width, 0, bands, 1 / 3.f);
	if (t->pitch) {
		for (size_t i = 0; i < T; i++)
			x[i * width + bands] =
				2 * (x[i * width + bands] - 5.2f);
		columns_centre(x, T, width, bands + 2, bands + 3, 1 / 3.f);
	}
	columns_centre(x, T, width, features_static_width(t), width, 1 / 3.f);
}
