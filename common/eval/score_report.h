/*
 * score_report.h - print a score as text, table or JSON, or draw it
 *
 * Undefined values are "-", in JSON null.  The caller checks out for errors
 * when everything is written.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "eval/score.h"

/* Percentages in 80 columns; matrices: a confusion matrix for every group. */
void report_text(FILE *out, const struct score *s, bool matrices);

/* Fractions; a heading, then one line per group. */
void report_table(FILE *out, const struct score *s);

/* Fractions; one object on one line. */
void report_json(FILE *out, const struct score *s);

/*
 * Replaces path with a self-contained SVG file; dies if that fails.  The left
 * half is the confusion matrix of all rows, shaded by share of the label.  The
 * right half is the reliability diagram: accuracy against confidence in the
 * bins of the calibration error, with the number of rows in each.
 */
void plot_write(const char *path, const struct score *s);
