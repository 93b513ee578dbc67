#include <stdbool.h>
#include <string.h>

#include "core/die.h"
#include "kd/kd_options.h"

static bool
differ(double a, double b)
{
	return a < b || a > b;
}

void
kd_options_check(const struct kd_options *o, const char *weighting,
                 const char *objective)
{
	if (differ(o->weighting.tau, (double)KD_TAU) &&
	    strcmp(weighting, "cosine") != 0)
		die_usage("--tau is of -w cosine");
	if (differ(o->weighting.bound, (double)KD_BOUND) &&
	    strcmp(weighting, "aekd") != 0)
		die_usage("--bound is of -w aekd");
	if ((differ(o->objective.alpha, KD_ALPHA) ||
	     differ(o->objective.beta, KD_BETA)) &&
	    strcmp(objective, "dkd") != 0)
		die_usage("--alpha and --beta are of -o dkd");
	if (differ(o->embedding.share, KD_SHARE) && !o->embedding.kind)
		die_usage("--embeddings-share is of -e");
}
