/*
 * report.h - what a model says of an utterance, as TSV or JSON Lines
 *
 * One line an utterance: id start end language speaker corpus label seen
 * emotion confidence, then a probability a class; seen only of a model that
 * knows what it has heard in training.  Texts have control characters
 * replaced by spaces in TSV; in JSON they are escaped.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct frame;

struct report {
	FILE *fp;
	const char *name;         /* for messages */
	bool json, seen;
	const char *const *classes;
	size_t count;
	bool regression;          /* the classes are dimensions */
};

/* Begins a report on fp; TSV gets its heading. */
void report_open(struct report *r, FILE *fp, const char *name, bool json,
                 bool seen, const char *const *classes, size_t count);

/* probability [count], or values of dimensions.  The line leaves at once. */
void report_put(struct report *r, struct frame *f, const float *probability);

void report_close(struct report *r);

#endif
