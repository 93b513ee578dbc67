/*
 * plot.h - a score as a picture: an SVG file that needs nothing else
 *
 * To the left the confusion matrix of all rows, shaded by share of the label
 * (recall on the diagonal); to the right the reliability diagram: accuracy
 * against confidence in the bins of the calibration error, with how many rows
 * are in each.
 */
#ifndef PLOT_H
#define PLOT_H

#include "eval/score.h"

/* Dies if path cannot be written; an old file stays until it is replaced. */
void plot_write(const char *path, const struct score *s);

#endif
