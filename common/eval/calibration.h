/*
 * calibration.h - calibrate confidences by one number, a temperature
 *
 * Temperature scaling (Guo, Pleiss, Sun, Weinberger, "On Calibration of
 * Modern Neural Networks", ICML 2017): logits are divided by T > 0, the one
 * with the smallest mean of -log p(truth) on data that the model was not
 * trained on.  Answers stay; T > 1 lowers the confidence, T < 1 raises it.
 *
 * Logarithms of probabilities differ from logits by a constant, so a table of
 * probabilities is enough.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "eval/row_outcomes.h"

/*
 * Fills logs [length].  A probability that a table has rounded to 0 counts as a
 * tenth of the smallest one over 0, as it is often far below half of that.
 */
void calibration_logs(double *logs, const double *probability, size_t length);

/*
 * The T with the smallest mean of -log softmax(logs / T)[truth] over logs
 * [rows, classes]; 0 or INFINITY where that is beyond 1/100 or 100, or there
 * are no rows.  The mean is convex in 1/T: bisection finds its minimum.
 */
double calibration_fit(const double *logs, const uint16_t *truth, size_t rows,
                       size_t classes);

/*
 * The T that fits the outcomes whose label is a class and that have an answer.
 * p must have kept its probabilities.  Dies, naming the table, where no T fits.
 */
double calibration_of(const struct predictions *p, const struct outcomes *o,
                      const char *name);

/* Replaces the confidences of p by those at temperature T. */
void calibration_apply(struct predictions *p, double T);
