/*
 * weighting.h - how much each teacher counts for an utterance
 *
 * Weights are constants to the gradient.  They sum to 1, or are all 0 where
 * no teacher is to be heard.
 *
 *	cosine    softmax over teachers of cos(z, z_k) / tau, where z and z_k
 *	          are the student's and a teacher's logits and
 *	          cos(a, b) = <a, b> / max(|a| |b|, 1e-8).  The language-aware
 *	          weights of Bijoy, Porjazovski, Grosz and Kurimo (Interspeech
 *	          2025), for each utterance instead of once a batch
 *	language  1 for the teacher of the utterance's language (shared equally
 *	          by several); all 0 where there is none
 *	uniform   1 / teachers
 */
#ifndef WEIGHTING_H
#define WEIGHTING_H

#include <stddef.h>

struct kd_teacher {
	const char *name;
	const char *language;     /* or NULL */
	const float *logits;      /* [classes], in the student's order */
};

/* What student and teachers say of an utterance; all of it borrowed. */
struct kd_utterance {
	const float *logits;      /* [classes], the student's */
	size_t classes;
	long label;               /* which class it is, or KD_UNLABELLED */
	const char *language;     /* or NULL */
	const struct kd_teacher *teacher;
	size_t teachers;
};

enum { KD_UNLABELLED = -1 };

struct weighting {
	const struct weighting_kind *kind;
	double tau;               /* of cosine */
};

/* The names above, as usage and error messages list them. */
extern const char WEIGHTING_NAMES[];

/* NULL, or the reason text does not name a weighting. */
const char *weighting_parse(struct weighting *w, const char *text,
                            double tau);

/*
 * Fills weight [u->teachers]; there is at least one.  Returns NULL, or why
 * this weighting cannot be had for u (a constant text).
 */
const char *weighting_apply(double *weight, const struct weighting *w,
                            const struct kd_utterance *u);

#endif
