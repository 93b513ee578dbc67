/*
 * kd_golden.h - the batches of tests/golden/kd_loss.txt, made by kd_loss.py
 * beside it
 */
#pragma once

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kd/kd_loss.h"

enum {
	UTTERANCES_MAX = 40, CLASSES_MAX = 8, TEACHERS_MAX = 5, WIDTH_MAX = 8,
	WORD_MAX = 64
};

static const char WORD[] = "%63s";

struct golden_utterance {
	struct kd_utterance u;
	struct kd_teacher teacher[TEACHERS_MAX];
	size_t number[TEACHERS_MAX];  /* which of all teachers it is */
	char language[WORD_MAX], teaches[TEACHERS_MAX][WORD_MAX];
	float z[CLASSES_MAX], zt[TEACHERS_MAX][CLASSES_MAX];
	float x[WIDTH_MAX], xt[TEACHERS_MAX][WIDTH_MAX];
	double loss, ce, kd, dlogits[CLASSES_MAX], dembedding[WIDTH_MAX];
	double want[TEACHERS_MAX];    /* weights, by number */
	double weight[TEACHERS_MAX];  /* the same for those it has */
};

struct golden {
	struct kd_options options;
	char weighting[WORD_MAX], objective[WORD_MAX], embedding[WORD_MAX];
	size_t count, classes, teachers, width, other;
	struct golden_utterance of[UTTERANCES_MAX];
	const struct kd_utterance *u[UTTERANCES_MAX];
	double *weights[UTTERANCES_MAX];
	double loss;                  /* of the embeddings */
};

static inline double
number_read(FILE *fp)
{
	double x;

	assert_int_equal(fscanf(fp, "%lf", &x), 1);
	return x;
}

static inline void
floats_read(float *x, size_t n, FILE *fp)
{
	for (size_t i = 0; i < n; i++)
		x[i] = (float)number_read(fp);
}

static inline void
doubles_read(double *x, size_t n, FILE *fp)
{
	for (size_t i = 0; i < n; i++)
		x[i] = number_read(fp);
}

static inline FILE *
golden_open(void)
{
	FILE *fp = fopen("tests/golden/kd_loss.txt", "r");

	assert_non_null(fp);
	return fp;
}

static inline void
close_to(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance * fmax(1, fabs(want))))
		fail_msg("got %.10g, want %.10g", got, want);
}

static inline void
golden_options(struct golden *g, FILE *fp)
{
	struct kd_options *o = &g->options;

	*o = (struct kd_options){ .lambda = 0 };
	assert_int_equal(fscanf(fp, WORD, g->weighting), 1);
	assert_int_equal(fscanf(fp, WORD, g->objective), 1);
	assert_int_equal(fscanf(fp, WORD, g->embedding), 1);
	o->weighting.batch = number_read(fp) > 0;
	o->mean = number_read(fp) > 0;
	g->count = (size_t)number_read(fp);
	g->classes = (size_t)number_read(fp);
	g->teachers = (size_t)number_read(fp);
	g->width = (size_t)number_read(fp);
	g->other = (size_t)number_read(fp);
	assert_true(g->count <= UTTERANCES_MAX && g->classes <= CLASSES_MAX &&
	            g->teachers <= TEACHERS_MAX && g->width <= WIDTH_MAX &&
	            g->other <= WIDTH_MAX);
	o->objective.T = number_read(fp);
	o->lambda = o->lambda_alone = number_read(fp);
	o->weighting.tau = number_read(fp);
	o->smoothing = number_read(fp);
	o->weighting.bound = number_read(fp);
	o->objective.alpha = number_read(fp);
	o->objective.beta = number_read(fp);
	o->weighting.objective = &o->objective;
	o->embedding.share = 1;
	assert_null(weighting_parse(&o->weighting, g->weighting));
	assert_null(objective_parse(&o->objective, g->objective));
	if (strcmp(g->embedding, "-") != 0)
		assert_null(embedding_parse(&o->embedding, g->embedding));
}

static inline void
golden_utterance(struct golden *g, struct golden_utterance *v, FILE *fp)
{
	struct kd_utterance *u = &v->u;

	*u = (struct kd_utterance){
		.logits = v->z, .classes = g->classes,
		.language = v->language, .teacher = v->teacher
	};
	u->label = (long)number_read(fp);
	assert_int_equal(fscanf(fp, WORD, v->language), 1);
	floats_read(v->z, g->classes, fp);
	if (g->options.embedding.kind) {
		u->embedding = v->x;
		u->width = g->width;
		floats_read(v->x, g->width, fp);
	}
	for (size_t k = 0; k < g->teachers; k++) {
		struct kd_teacher *t = &v->teacher[u->teachers];
		bool there = number_read(fp) > 0;

		assert_int_equal(fscanf(fp, WORD, v->teaches[k]), 1);
		floats_read(v->zt[k], g->classes, fp);
		*t = (struct kd_teacher){
			v->teaches[k], v->teaches[k], v->zt[k], NULL, 0
		};
		if (g->options.embedding.kind) {
			t->embedding = v->xt[k];
			t->width = g->other;
			floats_read(v->xt[k], g->other, fp);
		}
		if (there)
			v->number[u->teachers++] = k;
	}
}

/* The next case; false at the first line that is none. */
static inline bool
golden_read(struct golden *g, FILE *fp)
{
	char word[WORD_MAX];

	assert_int_equal(fscanf(fp, WORD, word), 1);
	if (strcmp(word, "case") != 0)
		return false;
	golden_options(g, fp);
	for (size_t i = 0; i < g->count; i++) {
		golden_utterance(g, &g->of[i], fp);
		g->u[i] = &g->of[i].u;
		g->weights[i] = g->of[i].weight;
	}
	for (size_t i = 0; i < g->count; i++) {
		struct golden_utterance *v = &g->of[i];

		v->loss = number_read(fp);
		v->ce = number_read(fp);
		v->kd = number_read(fp);
		doubles_read(v->want, g->teachers, fp);
		for (size_t k = 0; k < v->u.teachers; k++)
			v->weight[k] = v->want[v->number[k]];
		doubles_read(v->dlogits, g->classes, fp);
		if (g->options.embedding.kind)
			doubles_read(v->dembedding, g->width, fp);
	}
	g->loss = number_read(fp);
	return true;
}
