/*
 * objective.h - distance between the logits of a student and of one teacher
 *
 * With the student's logits z, the teacher's t, temperature T, label y,
 * p = softmax(t/T) and q = softmax(z/T):
 *
 *	hinton     T^2 KL(p || q).  Hinton, Vinyals, Dean 2015
 *	dkd        T^2 (alpha KL(b(p) || b(q)) + beta KL(p' || q')), where
 *	           b(p) = [p_y, 1 - p_y] and p', q' are p and q among the
 *	           classes other than y.  Zhao and others, Decoupled Knowledge
 *	           Distillation, CVPR 2022.  Without a label it is hinton
 *	logit-std  hinton of standardised logits (z - mean) / (s + 1e-7), s
 *	           their deviation over classes (n - 1 below; 0 for one class),
 *	           as the code of Sun and others, Logit Standardization in
 *	           Knowledge Distillation, CVPR 2024
 *
 * Gradients by z:
 *
 *	hinton     T (q - p)
 *	dkd        alpha T (q_y - p_y) (at y: 1, elsewhere: -q'_c)
 *	           + beta T (q' - p'), which is 0 at y
 *	logit-std  with g = T (q - p) at x, the standardised logits,
 *	           g / (s + 1e-7) - x <g, x> / ((n - 1) s), the last term being
 *	           0 where s is
 *
 * All is computed in double, and finite for any finite logits.
 */
#pragma once

#include <stddef.h>

/* What a teacher and the student computed for an utterance; all borrowed. */
struct kd_teacher {
	const char *name;
	const char *language;     /* or NULL */
	const float *logits;      /* [classes], in the student's order */
	const float *embedding;   /* [width], or NULL */
	size_t width;
};

struct kd_utterance {
	const float *logits;      /* [classes], the student's */
	size_t classes;
	long label;               /* index of the class, or KD_UNLABELLED */
	const char *language;     /* or NULL */
	const struct kd_teacher *teacher;
	size_t teachers;
	const float *embedding;   /* [width], the student's, or NULL */
	size_t width;
};

enum { KD_UNLABELLED = -1 };

struct objective {
	const struct objective_kind *kind;
	double T;                 /* over 0 */
	double alpha, beta;       /* of dkd, 0 or more */
};

/* The names above; NULL past the last. */
const char *objective_name(size_t i);

/* Sets the kind; NULL, or the reason that text names no objective. */
const char *objective_parse(struct objective *o, const char *text);

/*
 * Returns the objective of u's student with one of its teachers, whose logits
 * are teacher [u->classes]; adds scale times the gradient to dz [u->classes].
 */
double objective_apply(double *dz, const struct kd_utterance *u,
                       const float *teacher, const struct objective *o,
                       double scale);
