/*
 * kd_utterance.h - what student and teachers say of an utterance
 */
#ifndef KD_UTTERANCE_H
#define KD_UTTERANCE_H

#include <stddef.h>

struct kd_teacher {
	const char *name;
	const char *language;     /* or NULL */
	const float *logits;      /* [classes], in the student's order */
	const float *embedding;   /* [width], or NULL */
	size_t width;
};

/* All of it borrowed. */
struct kd_utterance {
	const float *logits;      /* [classes], the student's */
	size_t classes;
	long label;               /* which class it is, or KD_UNLABELLED */
	const char *language;     /* or NULL */
	const struct kd_teacher *teacher;
	size_t teachers;
	const float *embedding;   /* [width], the student's, or NULL */
	size_t width;
};

enum { KD_UNLABELLED = -1 };

#endif
