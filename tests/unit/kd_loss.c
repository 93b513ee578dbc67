/*
 * train/kd_loss and weighting: PyTorch's numbers, central differences, and
 * logits that overflow anything careless.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "train/kd_loss.h"

enum { CLASSES_MAX = 8, TEACHERS_MAX = 5, LANGUAGE_MAX = 16 };

static const char WORD[] = "%15s";

/* A case of tests/golden/kd_loss.txt, made by kd_loss.py beside it. */
struct golden {
	struct kd_options options;
	struct kd_utterance u;
	struct kd_teacher teacher[TEACHERS_MAX];
	char weighting[LANGUAGE_MAX], language[LANGUAGE_MAX];
	char teaches[TEACHERS_MAX][LANGUAGE_MAX];
	float z[CLASSES_MAX], zt[TEACHERS_MAX][CLASSES_MAX];
	double loss, ce, kd, weight[TEACHERS_MAX], dlogits[CLASSES_MAX];
};

static double
number_read(FILE *fp)
{
	double x;

	assert_int_equal(fscanf(fp, "%lf", &x), 1);
	return x;
}

static void
floats_read(float *x, size_t n, FILE *fp)
{
	for (size_t i = 0; i < n; i++)
		x[i] = (float)number_read(fp);
}

static void
teacher_read(struct golden *g, size_t k, FILE *fp)
{
	floats_read(g->zt[k], g->u.classes, fp);
	g->teacher[k].logits = g->zt[k];
	g->teacher[k].language = g->teaches[k];
}

/* False at the first line that is not a case. */
static bool
golden_read(struct golden *g, FILE *fp)
{
	char word[LANGUAGE_MAX];
	double tau;

	assert_int_equal(fscanf(fp, WORD, word), 1);
	if (strcmp(word, "case") != 0)
		return false;
	assert_int_equal(fscanf(fp, WORD, g->weighting), 1);
	g->u.classes = (size_t)number_read(fp);
	g->u.teachers = (size_t)number_read(fp);
	g->options.temperature = number_read(fp);
	g->options.lambda = number_read(fp);
	tau = number_read(fp);
	g->options.smoothing = number_read(fp);
	g->u.label = (long)number_read(fp);
	assert_int_equal(fscanf(fp, WORD, g->language), 1);
	assert_true(g->u.classes <= CLASSES_MAX &&
	            g->u.teachers <= TEACHERS_MAX);
	g->u.logits = g->z;
	g->u.language = g->language;
	g->u.teacher = g->teacher;
	assert_null(weighting_parse(&g->options.weighting, g->weighting, tau));
	floats_read(g->z, g->u.classes, fp);
	for (size_t k = 0; k < g->u.teachers; k++) {
		assert_int_equal(fscanf(fp, WORD, g->teaches[k]), 1);
		teacher_read(g, k, fp);
	}
	g->loss = number_read(fp);
	g->ce = number_read(fp);
	g->kd = number_read(fp);
	for (size_t k = 0; k < g->u.teachers; k++)
		g->weight[k] = number_read(fp);
	for (size_t c = 0; c < g->u.classes; c++)
		g->dlogits[c] = number_read(fp);
	return true;
}

static FILE *
golden_open(void)
{
	FILE *fp = fopen("tests/golden/kd_loss.txt", "r");

	assert_non_null(fp);
	return fp;
}

static void
close_to(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance * fmax(1, fabs(want))))
		fail_msg("got %.10g, want %.10g", got, want);
}

static void
test_golden(void **state)
{
	FILE *fp = golden_open();
	struct golden g;
	size_t cases = 0;

	(void)state;
	for (; golden_read(&g, fp); cases++) {
		double weight[TEACHERS_MAX];
		float dlogits[CLASSES_MAX];
		struct kd_loss l;

		assert_null(weighting_apply(weight, &g.options.weighting,
		                            &g.u));
		l = kd_loss(dlogits, weight, &g.u, &g.options);
		close_to(l.loss, g.loss, 1e-8);
		close_to(l.ce, g.ce, 1e-8);
		close_to(l.kd, g.kd, 1e-8);
		for (size_t k = 0; k < g.u.teachers; k++)
			close_to(weight[k], g.weight[k], 1e-8);
		for (size_t c = 0; c < g.u.classes; c++)
			close_to((double)dlogits[c], g.dlogits[c], 5e-7);
	}
	assert_int_equal(cases, 23);
	fclose(fp);
}

static void
test_gradient(void **state)
{
	static const float step = 0x1p-12f; /* exact beside these logits */
	FILE *fp = golden_open();
	struct golden g;

	(void)state;
	while (golden_read(&g, fp)) {
		float dlogits[CLASSES_MAX], unused[CLASSES_MAX];

		kd_loss(dlogits, g.weight, &g.u, &g.options);
		for (size_t c = 0; c < g.u.classes; c++) {
			float kept = g.z[c];
			double above, below;

			g.z[c] = kept + step;
			above = kd_loss(unused, g.weight, &g.u,
			                &g.options).loss;
			g.z[c] = kept - step;
			below = kd_loss(unused, g.weight, &g.u,
			                &g.options).loss;
			g.z[c] = kept;
			close_to((double)dlogits[c],
			         (above - below) / (2 * (double)step), 2e-6);
		}
	}
	fclose(fp);
}

/*
 * The published code divides KL by the number of classes C.  That is ours
 * with another lambda, times a constant:  (1 - L) CE + L/C KD
 * = (1 - L + L/C) ((1 - L') CE + L' KD),  L' = (L/C) / (1 - L + L/C).
 */
static void
test_published(void **state)
{
	FILE *fp = golden_open();
	struct golden g;
	size_t batch;
	double share, scale, sum = 0;
	double weight[TEACHERS_MAX];
	float dlogits[CLASSES_MAX];

	(void)state;
	while (golden_read(&g, fp))
		continue;
	batch = (size_t)number_read(fp);
	g.u.classes = (size_t)number_read(fp);
	g.u.teachers = (size_t)number_read(fp);
	g.options.temperature = number_read(fp);
	share = number_read(fp);
	scale = 1 - share + share / (double)g.u.classes;
	g.options.lambda = share / (double)g.u.classes / scale;
	g.options.smoothing = 0;
	assert_null(weighting_parse(&g.options.weighting, "uniform", 1));
	for (size_t i = 0; i < batch; i++) {
		g.u.label = (long)number_read(fp);
		floats_read(g.z, g.u.classes, fp);
		for (size_t k = 0; k < g.u.teachers; k++)
			teacher_read(&g, k, fp);
		weighting_apply(weight, &g.options.weighting, &g.u);
		sum += kd_loss(dlogits, weight, &g.u, &g.options).loss;
	}
	close_to(scale * sum / (double)batch, number_read(fp), 1e-8);
	fclose(fp);
}

static void
finite_everywhere(const struct golden *g)
{
	double weight[TEACHERS_MAX], sum = 0, slope = 0;
	float dlogits[CLASSES_MAX];
	struct kd_loss l;

	assert_null(weighting_apply(weight, &g->options.weighting, &g->u));
	l = kd_loss(dlogits, weight, &g->u, &g->options);
	assert_true(isfinite(l.loss) && l.loss >= 0);
	assert_true(isfinite(l.ce) && l.ce >= 0);
	assert_true(isfinite(l.kd) && l.kd >= 0);
	for (size_t k = 0; k < g->u.teachers; k++)
		sum += weight[k];
	close_to(sum, 1, 1e-12);
	for (size_t c = 0; c < g->u.classes; c++) {
		assert_true(isfinite(dlogits[c]));
		slope += (double)dlogits[c];
	}
	/* a constant added to all logits changes nothing */
	assert_true(fabs(slope) <= 1e-6 * g->options.temperature + 1e-6);
}

static void
test_extremes(void **state)
{
	static const float sizes[] = { 0, 1e-30f, 1, 1e4f, 3e38f };
	static const double heats[] = { 1e-3, 1, 1e3 };
	static const char *const kinds[] = { "uniform", "cosine" };
	struct golden g = { .options = { .lambda = 0.25 } };

	(void)state;
	g.u = (struct kd_utterance){ g.z, 4, 1, "en", g.teacher, 2 };
	g.teacher[0] = (struct kd_teacher){ "a", "en", g.zt[0] };
	g.teacher[1] = (struct kd_teacher){ "b", "fi", g.zt[1] };
	for (size_t n = 0; n < 2 * 5 * 5 * 3; n++) {
		float z = sizes[n / 2 % 5], t = sizes[n / 10 % 5];

		weighting_parse(&g.options.weighting, kinds[n % 2], 1e-3);
		g.options.temperature = heats[n / 50];
		for (size_t c = 0; c < 4; c++) {
			g.z[c] = c % 2 ? z : -z;
			g.zt[0][c] = c % 2 ? -t : t;
			g.zt[1][c] = c == 3 ? t : 0;
		}
		finite_everywhere(&g);
	}
}

/* Unit vectors whose cosines with (1, 0) are .9, .5 and .1. */
static void
test_cosine(void **state)
{
	static const float z[] = { 2, 0 };
	static const double cosines[] = { .9, .5, .1 };
	static const double want[] = { .80473, .16247, .03280 };
	float zt[3][2];
	struct kd_teacher teacher[3];
	struct kd_utterance u = { z, 2, 0, NULL, teacher, 3 };
	struct weighting w;
	double weight[3];

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		zt[k][0] = (float)cosines[k];
		zt[k][1] = (float)sqrt(1 - cosines[k] * cosines[k]);
		teacher[k].logits = zt[k];
	}
	assert_null(weighting_parse(&w, "cosine", .25));
	assert_null(weighting_apply(weight, &w, &u));
	for (size_t k = 0; k < 3; k++)
		close_to(weight[k], want[k], 1e-5);
}

static void
test_language(void **state)
{
	static const float z[] = { 1, 0 };
	struct kd_teacher teacher[] = {
		{ "a", "en", z }, { "b", "fi", z }, { "c", "en", z }
	};
	struct kd_utterance u = { z, 2, 0, "en", teacher, 3 };
	struct weighting w;
	double weight[3];

	(void)state;
	assert_null(weighting_parse(&w, "language", 1));
	assert_null(weighting_apply(weight, &w, &u));
	assert_true(weight[0] == .5 && weight[1] == 0 && weight[2] == .5);
	u.language = "pl";
	assert_null(weighting_apply(weight, &w, &u));
	assert_true(weight[0] == 0 && weight[1] == 0 && weight[2] == 0);
	u.language = NULL;
	assert_non_null(weighting_apply(weight, &w, &u));
	u.language = "fi";
	teacher[2].language = NULL;
	assert_non_null(weighting_apply(weight, &w, &u));
	assert_non_null(weighting_parse(&w, "Cosine", 1));
	assert_non_null(weighting_parse(&w, "", 1));
}

static void
test_same(void **state)
{
	static const float z[] = { 1, -2, .5f };
	struct kd_teacher teacher = { "a", "en", z };
	struct kd_utterance u = { z, 3, KD_UNLABELLED, "en", &teacher, 1 };
	struct kd_options options = { .lambda = .25, .temperature = 3 };
	double weight = 1;
	float dlogits[3];
	struct kd_loss l = kd_loss(dlogits, &weight, &u, &options);

	(void)state;
	close_to(l.loss, 0, 1e-12);
	for (size_t c = 0; c < 3; c++)
		close_to((double)dlogits[c], 0, 1e-7);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "loss, weights and gradient are PyTorch's",
		  test_golden, NULL, NULL, NULL },
		{ "the gradient agrees with central differences",
		  test_gradient, NULL, NULL, NULL },
		{ "another lambda gives the published code's loss",
		  test_published, NULL, NULL, NULL },
		{ "no logits or temperature give NaN or infinity",
		  test_extremes, NULL, NULL, NULL },
		{ "cosine weights are those of the worked example",
		  test_cosine, NULL, NULL, NULL },
		{ "language weights go to the teachers who speak it",
		  test_language, NULL, NULL, NULL },
		{ "a teacher who agrees costs nothing",
		  test_same, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
