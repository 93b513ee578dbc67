/*
 * metrics.h - recall, precision, F1 and calibration error of a confusion
 *
 * With n[t][a] rows of truth t and answer a, n[t] rows of truth t, N rows:
 *
 *	recall    n[c][c] / n[c]
 *	precision n[c][c] / rows answered c
 *	F1        2 n[c][c] / (n[c] + rows answered c)
 *	UAR       mean of recall over the classes with n[c] > 0: the measure of
 *	          the Interspeech challenges (Schuller, Steidl, Batliner, "The
 *	          Interspeech 2009 Emotion Challenge")
 *	WAR       sum of n[c][c] / N: recall weighted by n[c], the accuracy
 *	macro F1  mean of F1 over the classes with n[c] > 0
 *	ECE       sum over 15 bins of confidence, equally wide, of |sum of
 *	          (confidence - correct)| / rows with an answer (Guo, Pleiss,
 *	          Sun, Weinberger, "On Calibration of Modern Neural Networks",
 *	          ICML 2017)
 *
 * No answer, or one that is none of the classes, is wrong.  All are fractions,
 * 0 to 1.  0/0 is undefined: NAN, which reports print as "-" or null.
 */
#pragma once

#include "eval/confusion.h"

/* Indices of the metrics of all classes; those of each class follow. */
enum { METRIC_UAR, METRIC_WAR, METRIC_F1, METRIC_ECE, METRICS_OVERALL };

static inline size_t
metric_recall(size_t class)
{
	return METRICS_OVERALL + 3 * class;
}

static inline size_t
metric_precision(size_t class)
{
	return METRICS_OVERALL + 3 * class + 1;
}

static inline size_t
metric_class_f1(size_t class)
{
	return METRICS_OVERALL + 3 * class + 2;
}

size_t metrics_length(size_t classes);

/* value [metrics_length] */
void metrics_compute(double *value, const struct confusion *c);

/* Rows of truth t; rows answered a, which may be K or K+1. */
double confusion_truths(const struct confusion *c, size_t t);
double confusion_answers(const struct confusion *c, size_t a);
