/*
 * score_report.h - print a score as text, as a table for programs, or as JSON
 *
 * Undefined values are "-", in JSON null.  The caller checks out for errors
 * when everything is written.
 */
#ifndef SCORE_REPORT_H
#define SCORE_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "eval/score.h"

/* Percentages in 80 columns; matrices: a confusion matrix for every group. */
void report_text(FILE *out, const struct score *s, bool matrices);

/* Fractions; a heading, then one line per group. */
void report_table(FILE *out, const struct score *s);

/* Fractions; one object on one line. */
void report_json(FILE *out, const struct score *s);

#endif
