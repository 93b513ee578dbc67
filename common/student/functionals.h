/*
 * functionals.h - statistics of an utterance's features, in one row
 *
 * Computed from the raw features of a filter bank with pitch and their view
 * (features.h).
 * S are SPECTRAL columns: the means of 20 groups of neighbouring bands, and
 * the cosine transforms 1 to 12 over the bands, times sqrt(2 / bands).  A row
 * is active when its energy is less than 2.2 below the 98th percentile, and
 * voiced when it is active and its voicing is above 0.6.
 *
 *	mean and deviation of S over active rows, then over voiced rows
 *	mean of |change| of S from row to row
 *	12 of log F0 over voiced rows, energy and voicing over active rows:
 *	    mean, deviation, percentiles 5, 20, 50, 80 and 95 (nearest rank),
 *	    of changes within a run of rows: mean, deviation, mean of |change|,
 *	    slope by second over time, seconds
 *	log of seconds from first to last active row, share of voiced rows in
 *	    these, voiced runs per second and their mean length, and the same
 *	    of pauses
 *	percentiles 20, 50 and 80 (nearest rank) over voiced rows of ln F / G,
 *	    F a formant of the raw row (formants.h), one to four, and G
 *	    525, 1600, 2700 and 3800 Hz, about the median
 *
 * each minus a centre and times a scale, which brings speech to about -2 … 2.
 * A statistic of no rows is 0 before that.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "feat/features.h"
#include "student/formants.h"

struct cmvn_groups;
struct frame;

enum {
	FUNCTIONALS_GROUPS = 20, FUNCTIONALS_CEPSTRA = 12,
	FUNCTIONALS_SPECTRAL = FUNCTIONALS_GROUPS + FUNCTIONALS_CEPSTRA,
	FUNCTIONALS_CONTOUR = 12, FUNCTIONALS_RHYTHM = 6,
	FUNCTIONALS_RESONANCE = 3 * FORMANTS,
	FUNCTIONALS = 5 * FUNCTIONALS_SPECTRAL + 3 * FUNCTIONALS_CONTOUR +
		FUNCTIONALS_RHYTHM + FUNCTIONALS_RESONANCE
};

/* Whether features of this type have functionals. */
bool functionals_known(const struct features_type *t);

/* out [FUNCTIONALS]; raw and its view [T, features_width], T > 0. */
void functionals_forward(float *out, const float *raw, const float *view,
                         size_t T, const struct features_type *t,
                         struct arena *scratch);

/*
 * Those of a frame's raw features, in its arena.  NULL where it has no such
 * features, or they are already normalised.
 */
float *functionals_of(struct frame *f);

/*
 * Normalisation by group, as of cmvn.h, where each utterance is one row:
 * notes the functionals of a frame, if it has any, under the group's name;
 * then adds the field "functionals" to a frame whose features are still raw.
 */
void functionals_learn(struct cmvn_groups *g, const char *name,
                       struct frame *f);
void functionals_normalise(struct cmvn_groups *g, const char *name,
                           struct frame *f);

/*
 * Computes whitening.h's weight [FUNCTIONALS,FUNCTIONALS] and centre
 * [FUNCTIONALS] from the raw functionals of a stream of frames; path "-" is
 * standard input.  Utterances with normalised features are skipped.  Dies where
 * no other is left, one has no functionals, or is not of type t.
 */
void functionals_whiten(float *weight, float *centre, const char *path,
                        const struct features_type *t);
