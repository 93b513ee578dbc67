#include <string.h>

#include "kd/objective_kinds.h"

struct objective_kind {
	const char *name;
	double (*apply)(double *dz, const struct kd_utterance *u,
	                const float *teacher, const struct objective *o,
	                double scale);
};

const char OBJECTIVE_NAMES[] = "hinton, dkd or logit-std";

static const struct objective_kind kinds[] = {
	{ "hinton", hinton_apply },
	{ "dkd", dkd_apply },
	{ "logit-std", logit_std_apply },
};

const char *
objective_parse(struct objective *o, const char *text)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, text) == 0) {
			o->kind = &kinds[i];
			return NULL;
		}
	return "no such objective";
}

double
objective_apply(double *dz, const struct kd_utterance *u,
                const float *teacher, const struct objective *o, double scale)
{
	return o->kind->apply(dz, u, teacher, o, scale);
}
