/* Weightings by a number for each teacher. */
#include <math.h>

#include "kd/log_softmax.h"
#include "kd/weighting_kinds.h"

static double
cosine(const float *a, const float *b, size_t n)
{
	double ab = 0, aa = 0, bb = 0;

	for (size_t i = 0; i < n; i++) {
		ab += (double)a[i] * (double)b[i];
		aa += (double)a[i] * (double)a[i];
		bb += (double)b[i] * (double)b[i];
	}
	return ab / fmax(sqrt(aa) * sqrt(bb), 1e-8);
}

void
cosine_score(double *score, const struct weighting *w,
             const struct kd_utterance *u, struct arena *arena)
{
	(void)arena;
	for (size_t k = 0; k < u->teachers; k++)
		score[k] = cosine(u->logits, u->teacher[k].logits,
		                  u->classes) / w->tau;
}

void
error_score(double *score, const struct weighting *w,
            const struct kd_utterance *u, struct arena *arena)
{
	(void)w;
	(void)arena;
	for (size_t k = 0; k < u->teachers; k++) {
		struct log_softmax p = log_softmax(u->teacher[k].logits,
		                                   u->classes, 1);

		score[k] = -log_softmax_at(&p, (size_t)u->label);
	}
}

void
entropy_score(double *score, const struct weighting *w,
              const struct kd_utterance *u, struct arena *arena)
{
	(void)w;
	(void)arena;
	for (size_t k = 0; k < u->teachers; k++) {
		struct log_softmax p = log_softmax(u->teacher[k].logits,
		                                   u->classes, 1);

		score[k] = 0;
		for (size_t c = 0; c < u->classes; c++) {
			double log_p = log_softmax_at(&p, c);

			score[k] -= exp(log_p) * log_p;
		}
	}
}

void
margin_score(double *score, const struct weighting *w,
             const struct kd_utterance *u, struct arena *arena)
{
	(void)w;
	(void)arena;
	for (size_t k = 0; k < u->teachers; k++) {
		const float *z = u->teacher[k].logits;
		double rival = -INFINITY;

		for (size_t c = 0; c < u->classes; c++)
			if ((long)c != u->label)
				rival = fmax(rival, (double)z[c]);
		score[k] = u->classes > 1 ? (double)z[u->label] - rival : 0;
	}
}

void
softmax_weigh(double *weight, const double *score, size_t n,
              const struct weighting *w)
{
	double most = score[0], sum = 0;

	(void)w;
	for (size_t k = 1; k < n; k++)
		most = fmax(most, score[k]);
	for (size_t k = 0; k < n; k++)
		sum += weight[k] = exp(score[k] - most);
	for (size_t k = 0; k < n; k++)
		weight[k] /= sum;
}

/* What all others have of a sum, made to sum to 1. */
static void
others_weigh(double *weight, size_t n)
{
	for (size_t k = 0; k < n; k++)
		weight[k] = n > 1 ? (1 - weight[k]) / (double)(n - 1) : 1;
}

void
confidence_weigh(double *weight, const double *score, size_t n,
                 const struct weighting *w)
{
	softmax_weigh(weight, score, n, w);
	others_weigh(weight, n);
}

void
entropy_weigh(double *weight, const double *score, size_t n,
              const struct weighting *w)
{
	double sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += score[k];
	if (sum <= 0) {
		uniform_weigh(weight, score, n, w);
		return;
	}
	for (size_t k = 0; k < n; k++)
		weight[k] = score[k] / sum;
	others_weigh(weight, n);
}

void
best_weigh(double *weight, const double *score, size_t n,
           const struct weighting *w)
{
	double least = score[0], winners = 0;

	(void)w;
	for (size_t k = 1; k < n; k++)
		least = fmin(least, score[k]);
	for (size_t k = 0; k < n; k++)
		winners += score[k] <= least;
	for (size_t k = 0; k < n; k++)
		weight[k] = score[k] <= least ? 1 / winners : 0;
}
