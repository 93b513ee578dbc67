#include <math.h>

#include "kd/objective_kinds.h"

static const double FLOOR = 1e-7; /* beside the deviation */

struct moments {
	double mean, deviation;
};

static struct moments
moments(const float *z, size_t n)
{
	struct moments m = { 0, 0 };

	for (size_t c = 0; c < n; c++)
		m.mean += (double)z[c] / (double)n;
	for (size_t c = 0; c < n; c++)
		m.deviation += ((double)z[c] - m.mean) *
			((double)z[c] - m.mean);
	m.deviation = n > 1 ? sqrt(m.deviation / (double)(n - 1)) : 0;
	return m;
}

static double
standard(const struct moments *m, double z)
{
	return (z - m->mean) / (m->deviation + FLOOR);
}

/* log of the sum over c of exp(standard(z_c) / T). */
static double
log_sum(const float *z, size_t n, const struct moments *m, double T)
{
	double most = -INFINITY, sum = 0;

	for (size_t c = 0; c < n; c++) {
		double v = standard(m, (double)z[c]) / T;

		most = v > most ? v : most;
	}
	for (size_t c = 0; c < n; c++)
		sum += exp(standard(m, (double)z[c]) / T - most);
	return most + log(sum);
}

double
logit_std_apply(double *dz, const struct kd_utterance *u,
                const float *teacher, const struct objective *o, double scale)
{
	size_t n = u->classes;
	struct moments s = moments(u->logits, n), t = moments(teacher, n);
	double log_s = log_sum(u->logits, n, &s, o->T);
	double log_t = log_sum(teacher, n, &t, o->T);
	double kl = 0, along = 0, floored = s.deviation + FLOOR;

	/* first what the gradient at x sums to along x; over classes it is 0 */
	for (size_t c = 0; c < n; c++) {
		double x = standard(&s, (double)u->logits[c]);
		double log_q = x / o->T - log_s;
		double log_p = standard(&t, (double)teacher[c]) / o->T - log_t;

		kl += exp(log_p) * (log_p - log_q);
		along += x * (exp(log_q) - exp(log_p));
	}
	if (s.deviation > 0)
		along /= (double)(n - 1) * s.deviation;
	for (size_t c = 0; c < n; c++) {
		double x = standard(&s, (double)u->logits[c]);
		double q = exp(x / o->T - log_s);
		double p = exp(standard(&t, (double)teacher[c]) / o->T -
		               log_t);

		dz[c] += scale * o->T * ((q - p) / floored - x * along);
	}
	return o->T * o->T * fmax(kl, 0); /* below 0 by rounding only */
}
