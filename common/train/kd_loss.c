#include <math.h>

#include "train/kd_loss.h"

/*
 * log softmax(z / T) = (z - most) / T - log_sum.  The two are kept apart: in
 * their sum a large logit would swallow the logarithm.
 */
struct log_softmax {
	const float *z;
	double T, most, log_sum;
};

static struct log_softmax
log_softmax(const float *z, size_t n, double T)
{
	struct log_softmax s = { z, T, z[0], 0 };
	double sum = 0;

	for (size_t i = 1; i < n; i++)
		s.most = fmax(s.most, z[i]);
	for (size_t i = 0; i < n; i++)
		sum += exp((z[i] - s.most) / T);
	s.log_sum = log(sum);
	return s;
}

static double
log_softmax_at(const struct log_softmax *s, size_t c)
{
	return (s->z[c] - s->most) / s->T - s->log_sum;
}

/* CE; adds scale times its gradient to dz. */
static double
cross_entropy(float *dz, const struct kd_utterance *u, double smoothing,
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
		dz[c] += (float)(scale * (exp(log_p) - q));
	}
	return ce;
}

/* T^2 KL(teacher || student); adds scale times its gradient to dz. */
static double
divergence(float *dz, const struct kd_utterance *u, const float *teacher,
           double T, double scale)
{
	struct log_softmax student = log_softmax(u->logits, u->classes, T);
	struct log_softmax taught = log_softmax(teacher, u->classes, T);
	double kl = 0;

	for (size_t c = 0; c < u->classes; c++) {
		double log_q = log_softmax_at(&student, c);
		double log_p = log_softmax_at(&taught, c), p = exp(log_p);

		kl += p * (log_p - log_q);
		dz[c] += (float)(scale * T * (exp(log_q) - p));
	}
	return T * T * fmax(kl, 0); /* below 0 by rounding only */
}

struct kd_loss
kd_loss(float *dlogits, const double *weight, const struct kd_utterance *u,
        const struct kd_options *options)
{
	struct kd_loss l = { 0, 0, 0 };
	double lambda = options->lambda, heard = 0;

	for (size_t k = 0; k < u->teachers; k++)
		heard += weight[k];
	if (u->label == KD_UNLABELLED)
		lambda = 1;
	else if (heard <= 0)
		lambda = 0;

	for (size_t c = 0; c < u->classes; c++)
		dlogits[c] = 0;
	if (u->label != KD_UNLABELLED)
		l.ce = cross_entropy(dlogits, u, options->smoothing,
		                     1 - lambda);
	for (size_t k = 0; k < u->teachers; k++)
		l.kd += weight[k] * divergence(dlogits, u,
			u->teacher[k].logits, options->temperature,
			lambda * weight[k]);
	l.loss = (1 - lambda) * l.ce + lambda * l.kd;
	return l;
}
