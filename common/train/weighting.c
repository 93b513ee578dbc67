#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "train/weighting.h"

struct weighting_kind {
	const char *name;
	const char *(*apply)(double *weight, const struct weighting *w,
	                     const struct kd_utterance *u);
};

static void
softmax(double *x, size_t n)
{
	double most = x[0], sum = 0;

	for (size_t i = 1; i < n; i++)
		most = fmax(most, x[i]);
	for (size_t i = 0; i < n; i++)
		sum += x[i] = exp(x[i] - most);
	for (size_t i = 0; i < n; i++)
		x[i] /= sum;
}

static double
cosine(const float *a, const float *b, size_t n)
{
	double ab = 0, aa = 0, bb = 0;

	for (size_t i = 0; i < n; i++) {
		ab += (double)a[i] * b[i];
		aa += (double)a[i] * a[i];
		bb += (double)b[i] * b[i];
	}
	return ab / fmax(sqrt(aa) * sqrt(bb), 1e-8);
}

static const char *
cosine_apply(double *weight, const struct weighting *w,
             const struct kd_utterance *u)
{
	for (size_t k = 0; k < u->teachers; k++)
		weight[k] = cosine(u->logits, u->teacher[k].logits,
		                   u->classes) / w->tau;
	softmax(weight, u->teachers);
	return NULL;
}

static const char *
language_apply(double *weight, const struct weighting *w,
               const struct kd_utterance *u)
{
	size_t speakers = 0;

	(void)w;
	if (!u->language)
		return "no language, which -w language goes by";
	for (size_t k = 0; k < u->teachers; k++) {
		const char *language = u->teacher[k].language;
		bool speaks;

		if (!language)
			return "a teacher without a language, which -w "
			       "language goes by";
		speaks = strcmp(language, u->language) == 0;
		weight[k] = speaks;
		speakers += speaks;
	}
	for (size_t k = 0; k < u->teachers && speakers > 0; k++)
		weight[k] /= (double)speakers;
	return NULL;
}

static const char *
uniform_apply(double *weight, const struct weighting *w,
              const struct kd_utterance *u)
{
	(void)w;
	for (size_t k = 0; k < u->teachers; k++)
		weight[k] = 1 / (double)u->teachers;
	return NULL;
}

const char WEIGHTING_NAMES[] = "cosine, language or uniform";

static const struct weighting_kind kinds[] = {
	{ "cosine", cosine_apply },
	{ "language", language_apply },
	{ "uniform", uniform_apply },
};

const char *
weighting_parse(struct weighting *w, const char *text, double tau)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, text) == 0) {
			*w = (struct weighting){ &kinds[i], tau };
			return NULL;
		}
	return "no such weighting";
}

const char *
weighting_apply(double *weight, const struct weighting *w,
                const struct kd_utterance *u)
{
	return w->kind->apply(weight, w, u);
}
