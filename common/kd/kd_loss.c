#include <math.h>

#include "kd/kd_loss.h"
#include "kd/log_softmax.h"

/* CE; adds scale times its gradient to dz. */
static double
cross_entropy(double *dz, const struct kd_utterance *u, double smoothing,
              double scale)
{
	struct log_softmax s = log_softmax(u->logits, u->classes, 1);
	double ce = 0;

	for (size_t c = 0; c < u->classes; c++) {
		double q = smoothing / (double)u->classes;
		double log_p = log_softmax_at(&s, c);

		if ((long)c == u->label)
			q += 1 - smoothing;
		ce -= q * log_p;
		dz[c] += scale * (exp(log_p) - q);
	}
	return ce;
}

struct kd_loss
kd_loss(double *dlogits, const double *weight, const struct kd_utterance *u,
        const struct kd_options *options)
{
	struct kd_loss l = { 0, 0, 0 };
	double scale = options->mean ? 1 / (double)u->classes : 1;
	double total = 0, lambda = options->lambda;

	if (u->teachers == 1)
		lambda = options->lambda_alone;
	for (size_t k = 0; k < u->teachers; k++)
		total += weight[k];
	if (u->label == KD_UNLABELLED)
		lambda = 1;
	else if (total <= 0)
		lambda = 0;

	for (size_t c = 0; c < u->classes; c++)
		dlogits[c] = 0;
	if (u->label != KD_UNLABELLED)
		l.ce = cross_entropy(dlogits, u, options->smoothing,
		                     1 - lambda);
	for (size_t k = 0; k < u->teachers; k++)
		l.kd += scale * weight[k] * objective_apply(dlogits, u,
			u->teacher[k].logits, &options->objective,
			lambda * scale * weight[k]);
	l.loss = (1 - lambda) * l.ce + lambda * l.kd;
	return l;
}
