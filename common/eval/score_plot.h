/*
 * score_plot.h - draw a score as a self-contained SVG file
 *
 * The left half is the confusion matrix of all rows, shaded by share of the
 * label (recall on the diagonal).  The right half is the reliability diagram:
 * accuracy against confidence in the bins of the calibration error, with the
 * number of rows in each.
 */
#ifndef SCORE_PLOT_H
#define SCORE_PLOT_H

#include "eval/score.h"

/* Replaces path when all is written; dies if that fails. */
void plot_write(const char *path, const struct score *s);

#endif
