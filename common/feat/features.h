/*
 * features.h - what the rows of a "features" tensor mean
 *
 * featurize writes it into each frame as "features.type", a model keeps it,
 * and the two are compared, so that a network never sees rows of another kind.
 *
 *	fbank80+pitch 16000/400/160
 *	kind, columns, extras, then rate (Hz) / window / hop (samples)
 *	mfcc13of23 16000/400/160
 *	13 cepstra of 23 mel bands; without "of23" nobody has said of how many
 *
 * Audio scaled by other than 1 before its spectrum is told by " x32768".
 * With pitch, three columns follow: log F0 (ln Hz), voicing (0 to 1) and the
 * log energy of the window.  "+deltas2" tells that first and second
 * differences of all columns follow those.
 */
#ifndef FEATURES_H
#define FEATURES_H

#include <stdbool.h>
#include <stddef.h>

enum features_kind { FEATURES_FBANK, FEATURES_MFCC };

struct features_type {
	int kind;                 /* enum features_kind */
	int columns;              /* bands or cepstra */
	int bands;                /* under the cepstra; 0: not said */
	bool pitch;
	int deltas;               /* order, 0 to 2 */
	int rate, window, hop;    /* Hz, samples, samples */
	float scale;
};

enum { FEATURES_TYPE_MAX = 64, PITCH_COLUMNS = 3 };

/* Columns of the tensor before deltas, and in all. */
size_t features_static_width(const struct features_type *t);
size_t features_width(const struct features_type *t);

/* text has room for FEATURES_TYPE_MAX bytes. */
void features_type_print(char *text, const struct features_type *t);
bool features_type_parse(struct features_type *t, const char *text);

/*
 * The view of raw features that a student was trained on, in place.
 *
 * Without normalisation beforehand: mel columns no lower than 9 under their
 * 99th percentile (a recording's noise floor says nothing of emotion), then,
 * as cepstra and deltas, less their means over the utterance and over the mean
 * of their deviation and 2.5, times 0.8; energy likewise; 2 (log F0 - 5.2);
 * voicing as it is.  After cmvn (mean 0, deviation 1): all times 1.2.
 *
 * x [T, features_width]
 */
void features_view(float *x, size_t T, const struct features_type *t,
                   bool normalised);

#endif
