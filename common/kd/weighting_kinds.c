/* The weightings, each a function or two and a line of the table at the end. */
#include <math.h>
#include <string.h>

#include "core/number.h"
#include "kd/least_norm.h"
#include "kd/log_softmax.h"
#include "kd/weighting.h"

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

static void
cosine_score(double *score, const struct weighting *w,
             const struct kd_utterance *u, struct arena *arena)
{
	(void)arena;
	for (size_t k = 0; k < u->teachers; k++)
		score[k] = cosine(u->logits, u->teacher[k].logits,
		                  u->classes) / w->tau;
}

static void
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

static void
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

static void
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

static void
aekd_score(double *score, const struct weighting *w,
           const struct kd_utterance *u, struct arena *arena)
{
	size_t n = u->teachers, C = u->classes;
	double *g = arena_take(arena, n * C, sizeof *g);

	memset(g, 0, n * C * sizeof *g);
	for (size_t k = 0; k < n; k++)
		objective_apply(g + k * C, u, u->teacher[k].logits,
		                w->objective, 1);
	for (size_t k = 0; k < n; k++)
		for (size_t j = 0; j < n; j++) {
			double *inner = &score[k * n + j];

			*inner = 0;
			for (size_t c = 0; c < C; c++)
				*inner += g[k * C + c] * g[j * C + c];
		}
}

void
uniform_weigh(double *weight, const double *score, size_t n,
              const struct weighting *w)
{
	(void)score;
	(void)w;
	for (size_t k = 0; k < n; k++)
		weight[k] = 1 / (double)n;
}

static void
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

/* From shares to the shares of all others, scaled to sum to 1. */
static void
others_weigh(double *weight, size_t n)
{
	for (size_t k = 0; k < n; k++)
		weight[k] = n > 1 ? (1 - weight[k]) / (double)(n - 1) : 1;
}

static void
confidence_weigh(double *weight, const double *score, size_t n,
                 const struct weighting *w)
{
	softmax_weigh(weight, score, n, w);
	others_weigh(weight, n);
}

static void
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

static void
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

static void
aekd_weigh(double *weight, const double *score, size_t n,
           const struct weighting *w)
{
	least_norm(weight, score, n, w->bound);
}

static const char *
language_apply(double *weight, const struct weighting *w,
               const struct kd_utterance *u, struct arena *arena)
{
	size_t count = 0;

	(void)w;
	if (!u->language)
		return "no language, which -w language needs";
	for (size_t k = 0; k < u->teachers; k++) {
		const char *language = u->teacher[k].language;
		bool speaks;

		if (!language)
			return arena_join(arena, "no language of teacher ",
			                  u->teacher[k].name,
			                  ", which -w language needs");
		speaks = strcmp(language, u->language) == 0;
		weight[k] = speaks;
		count += speaks;
	}
	for (size_t k = 0; k < u->teachers && count > 0; k++)
		weight[k] /= (double)count;
	return NULL;
}

/* Splits NAME=W off a list; false where there is none, or W is no weight. */
static bool
fixed_next(const char **list, const char **name, size_t *length, double *W)
{
	const char *equals = strchr(*list, '='), *end;
	char number[32];
	size_t digits;

	if (!equals || equals == *list || memchr(*list, ',',
	                                         (size_t)(equals - *list)))
		return false;
	*name = *list;
	*length = (size_t)(equals - *list);
	digits = strcspn(equals + 1, ",");
	if (digits >= sizeof number)
		return false;
	memcpy(number, equals + 1, digits);
	number[digits] = '\0';
	end = equals + 1 + digits;
	if (*end == ',' && !end[1])
		return false;
	*list = end + (*end == ',');
	return number_real(number, W) && *W >= 0 && *W <= 1e6;
}

/* The weight of a teacher in a list, or -1. */
static double
fixed_find(const char *list, const char *teacher, size_t teacher_length)
{
	const char *name;
	size_t length;
	double W;

	while (fixed_next(&list, &name, &length, &W))
		if (length == teacher_length &&
		    memcmp(name, teacher, length) == 0)
			return W;
	return -1;
}

static const char *
fixed_check(const char *list)
{
	double sum = 0;

	do {
		const char *name;
		size_t length;
		double W;

		if (!fixed_next(&list, &name, &length, &W))
			return "want NAME=W,..., each W 0 to 1e6";
		if (fixed_find(list, name, length) >= 0)
			return "a name occurs twice";
		sum += W;
	} while (*list);
	return sum > 0 ? NULL : "all weights are 0";
}

static const char *
fixed_apply(double *weight, const struct weighting *w,
            const struct kd_utterance *u, struct arena *arena)
{
	double sum = 0;

	for (size_t k = 0; k < u->teachers; k++) {
		const char *name = u->teacher[k].name;

		weight[k] = fixed_find(w->fixed, name, strlen(name));
		if (weight[k] < 0)
			return arena_join(arena, "-w fixed has no weight for "
			                  "teacher ", name, "");
		sum += weight[k];
	}
	for (size_t k = 0; k < u->teachers && sum > 0; k++)
		weight[k] /= sum;
	return NULL;
}

static const char FIXED[] = "fixed:";

static const struct weighting_kind kinds[] = {
	{ "cosine", NULL, cosine_score, softmax_weigh, false, false },
	{ "language", language_apply, NULL, NULL, false, false },
	{ "uniform", NULL, NULL, uniform_weigh, false, false },
	{ "confidence", NULL, error_score, confidence_weigh, true, false },
	{ "entropy", NULL, entropy_score, entropy_weigh, false, false },
	{ "best", NULL, error_score, best_weigh, true, false },
	{ "margin", NULL, margin_score, softmax_weigh, true, false },
	{ "aekd", NULL, aekd_score, aekd_weigh, false, true },
};

static const struct weighting_kind fixed = {
	"fixed", fixed_apply, NULL, NULL, false, false
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *
weighting_name(size_t i)
{
	return i < KINDS ? kinds[i].name
		: i == KINDS ? "fixed:NAME=W,..." : NULL;
}

const char *
weighting_parse(struct weighting *w, const char *text)
{
	size_t prefix = strlen(FIXED);

	if (strncmp(text, FIXED, prefix) == 0) {
		w->kind = &fixed;
		w->fixed = text + prefix;
		return fixed_check(w->fixed);
	}
	w->kind = NULL;
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, text) == 0)
			w->kind = &kinds[i];
	return w->kind ? NULL : "no such weighting";
}
