/* Weightings that take no scores. */
#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "kd/weighting_kinds.h"

void
uniform_weigh(double *weight, const double *score, size_t n,
              const struct weighting *w)
{
	(void)score;
	(void)w;
	for (size_t k = 0; k < n; k++)
		weight[k] = 1 / (double)n;
}

const char *
language_apply(double *weight, const struct weighting *w,
               const struct kd_utterance *u, struct arena *arena)
{
	size_t speakers = 0;

	(void)w;
	if (!u->language)
		return "no language, which -w language goes by";
	for (size_t k = 0; k < u->teachers; k++) {
		const char *language = u->teacher[k].language;
		bool speaks;

		if (!language)
			return arena_join(arena, "a teacher without a "
			                  "language, which -w language goes "
			                  "by: ", u->teacher[k].name, "");
		speaks = strcmp(language, u->language) == 0;
		weight[k] = speaks;
		speakers += speaks;
	}
	for (size_t k = 0; k < u->teachers && speakers > 0; k++)
		weight[k] /= (double)speakers;
	return NULL;
}

/* Takes NAME=W off a list; false where there is none, or W is no weight. */
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

/* The weight that a list gives a teacher, or -1. */
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

const char *
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
			return "a name is there twice";
		sum += W;
	} while (*list);
	return sum > 0 ? NULL : "all weights are 0";
}

const char *
fixed_apply(double *weight, const struct weighting *w,
            const struct kd_utterance *u, struct arena *arena)
{
	double sum = 0;

	for (size_t k = 0; k < u->teachers; k++) {
		const char *name = u->teacher[k].name;

		weight[k] = fixed_find(w->fixed, name, strlen(name));
		if (weight[k] < 0)
			return arena_join(arena, "a teacher to whom -w fixed "
			                  "gives no weight: ", name, "");
		sum += weight[k];
	}
	for (size_t k = 0; k < u->teachers && sum > 0; k++)
		weight[k] /= sum;
	return NULL;
}
