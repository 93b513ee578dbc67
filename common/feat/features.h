/*
 * features.h - the type of a "features" tensor: what its columns are
 *
 * featurize writes the type into each frame as "features.type", and a model
 * stores that of its training data.  The two must be equal.
 *
 *	fbank80+pitch 16000/400/160
 *	kind, columns, extras, then rate (Hz) / window / hop (samples)
 *	mfcc13of23 16000/400/160
 *	13 cepstra of 23 mel bands; without "of23" their number is unknown
 *
 * " x32768" is a scale other than 1 by which audio is multiplied.  "+pitch"
 * adds three columns: log F0 (ln Hz), voicing (0 to 1) and the log energy of
 * the window.  "+deltas2" adds first and second differences of all columns.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum features_kind { FEATURES_FBANK, FEATURES_MFCC };

struct features_type {
	enum features_kind kind;
	int columns;              /* bands or cepstra */
	int bands;                /* of the cepstra; 0: unknown */
	bool pitch;
	int deltas;               /* order, 0 to 2 */
	int rate, window, hop;    /* Hz, samples, samples */
	float scale;
};

enum { FEATURES_TYPE_MAX = 64, PITCH_COLUMNS = 3 };

/* Columns of the tensor without deltas, and with them. */
size_t features_static_width(const struct features_type *t);
size_t features_width(const struct features_type *t);

/* Prints to text [FEATURES_TYPE_MAX], and reads what was printed. */
void features_type_print(char *text, const struct features_type *t);
bool features_type_parse(struct features_type *t, const char *text);

/*
 * Turns features, in place, into the input of a compact student.
 *
 * Raw features: mel columns are limited to 9 below their 99th percentile, to
 * remove the noise floor of the recording.  From these, from cepstra and from
 * deltas the mean over the utterance is subtracted, and the result multiplied
 * by 1.6 / (2.5 + d), d being the deviation of the mel columns or cepstra.
 * The energy column is limited and
 * scaled as a mel column is.  Log F0 becomes
 * 2 (log F0 - 5.2); voicing is kept.
 *
 * Features after cmvn (mean 0, deviation 1) are multiplied by 1.2.
 *
 * x [T, features_width]
 */
void features_view(float *x, size_t T, const struct features_type *t,
                   bool normalised);
