/*
 * report.h - a score as text for people, as a table for programs, as JSON
 *
 * What is undefined is "-" in text and table and null in JSON.  None of them
 * checks out for errors; who opened it does, once all is written.
 */
#ifndef SCORE_REPORT_H
#define SCORE_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "eval/score.h"

/* Percentages in 80 columns; matrices: a confusion matrix for every group. */
void report_text(FILE *out, const struct score *s, bool matrices);

/* Fractions; a heading, then one line a group. */
void report_table(FILE *out, const struct score *s);

/* Fractions; one object on one line. */
void report_json(FILE *out, const struct score *s);

#endif
