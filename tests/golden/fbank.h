/*
 * fbank.h - read the cases that fbank.py wrote, one after another
 */
#ifndef GOLDEN_FBANK_H
#define GOLDEN_FBANK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/xalloc.h"

struct golden {
	int rate, bands, shape;
	size_t samples, rows, columns;
	float *audio;                /* [samples] */
	float *single, *wide;        /* [rows][columns] */
};

static inline float *
golden_floats(FILE *in, size_t count)
{
	float *x = xmalloc(count, sizeof *x);

	if (fread(x, sizeof *x, count, in) != count) {
		fputs("a golden file is cut short\n", stderr);
		exit(1);
	}
	return x;
}

/* 1, or 0 after the last case; golden_release gives the arrays back. */
static inline int
golden_next(struct golden *g, FILE *in)
{
	float head[6];

	if (fread(head, sizeof head, 1, in) != 1)
		return 0;
	g->rate = (int)head[0];
	g->bands = (int)head[1];
	g->shape = (int)head[2];
	g->samples = (size_t)head[3];
	g->rows = (size_t)head[4];
	g->columns = (size_t)head[5];
	g->audio = golden_floats(in, g->samples);
	g->single = golden_floats(in, g->rows * g->columns);
	g->wide = golden_floats(in, g->rows * g->columns);
	return 1;
}

static inline void
golden_release(struct golden *g)
{
	free(g->audio);
	free(g->single);
	free(g->wide);
}

/* The most that a and b are apart, INFINITY where either is not a number. */
static inline double
golden_distance(const float *a, const float *b, size_t n)
{
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		double d = fabs((double)a[i] - b[i]);

		if (isnan(d))
			return INFINITY;
		if (d > most)
			most = d;
	}
	return most;
}

#endif
