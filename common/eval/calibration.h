/*
 * calibration.h - one number that makes confidence honest
 *
 * Temperature scaling (Guo, Pleiss, Sun, Weinberger, "On Calibration of
 * Modern Neural Networks", ICML 2017): logits are divided by T > 0, the one
 * with the smallest mean of -log p(truth) on data that the model has not
 * learned from.  Answers stay; T > 1 lowers the confidence, T < 1 raises it.
 *
 * Logarithms of probabilities are logits but for a constant, so a table of
 * probabilities is enough.
 */
#ifndef CALIBRATION_H
#define CALIBRATION_H

#include <stddef.h>
#include <stdint.h>

#include "eval/row_outcomes.h"

/*
 * logs [length] of probabilities.  A table rounds, and so has zeros: they
 * count as a tenth of the smallest that is none, for what is rounded to 0 is
 * often far below half of that.
 */
void calibration_logs(double *logs, const double *probability, size_t length);

/* Mean of -log softmax(logs / T)[truth] over logs [rows, classes]. */
double calibration_loss(const double *logs, const uint16_t *truth,
                        size_t rows, size_t classes, double T);

/*
 * The T of the smallest loss; 0 or INFINITY where that is beyond 1/100 or
 * 100, or there is no row.  The loss is convex in 1/T: bisection finds it.
 */
double calibration_fit(const double *logs, const uint16_t *truth, size_t rows,
                       size_t classes);

/*
 * Fits to the outcomes whose label is a class and that have an answer; p has
 * kept its probabilities.  Dies, naming the table, where no T fits.
 */
double calibration_of(const struct predictions *p, const struct outcomes *o,
                      const char *name);

/* The confidences of p become what they are at T. */
void calibration_apply(struct predictions *p, double T);

#endif
