#include <math.h>
#include <string.h>

#include "kd/log_softmax.h"
#include "kd/objective.h"

struct objective_kind {
	const char *name;
	double (*apply)(double *dz, const struct kd_utterance *u,
	                const float *teacher, const struct objective *o,
	                double scale);
};

static double
hinton_apply(double *dz, const struct kd_utterance *u, const float *teacher,
             const struct objective *o, double scale)
{
	struct log_softmax ours = log_softmax(u->logits, u->classes, o->T);
	struct log_softmax theirs = log_softmax(teacher, u->classes, o->T);
	double kl = 0;

	for (size_t c = 0; c < u->classes; c++) {
		double log_q = log_softmax_at(&ours, c);
		double log_p = log_softmax_at(&theirs, c), p = exp(log_p);

		kl += p * (log_p - log_q);
		dz[c] += scale * o->T * (exp(log_q) - p);
	}
	return o->T * o->T * fmax(kl, 0); /* below 0 by rounding only */
}

/* How likely the label is, and all else together; both as logarithms. */
struct split {
	double label, rest;
};

static struct split
split(const struct log_softmax *all, const struct log_softmax *others,
      size_t label)
{
	return (struct split){
		log_softmax_at(all, label),
		(others->most - all->most) / all->T + others->log_sum -
			all->log_sum
	};
}

/* KL(p || q) of two outcomes. */
static double
divergence(struct split p, struct split q)
{
	return fmax(exp(p.label) * (p.label - q.label) +
	            exp(p.rest) * (p.rest - q.rest), 0);
}

static double
dkd_apply(double *dz, const struct kd_utterance *u, const float *teacher,
          const struct objective *o, double scale)
{
	size_t n = u->classes, y = (size_t)u->label;
	struct log_softmax ours, theirs, ours_rest, theirs_rest;
	struct split p, q;
	double pull, rest = 0, T = o->T;

	if (u->label == KD_UNLABELLED)
		return hinton_apply(dz, u, teacher, o, scale);
	if (n == 1)
		return 0;
	ours = log_softmax(u->logits, n, T);
	theirs = log_softmax(teacher, n, T);
	ours_rest = log_softmax_without(u->logits, n, y, T);
	theirs_rest = log_softmax_without(teacher, n, y, T);
	p = split(&theirs, &theirs_rest, y);
	q = split(&ours, &ours_rest, y);
	pull = scale * o->alpha * T * (exp(q.label) - exp(p.label));
	dz[y] += pull;
	for (size_t c = 0; c < n; c++) {
		double log_q = log_softmax_at(&ours_rest, c);
		double log_p = log_softmax_at(&theirs_rest, c);

		if (c == y)
			continue;
		rest += exp(log_p) * (log_p - log_q);
		dz[c] += scale * o->beta * T * (exp(log_q) - exp(log_p)) -
			pull * exp(log_q);
	}
	return T * T * (o->alpha * divergence(p, q) +
	                o->beta * fmax(rest, 0));
}

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

static double
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

static const struct objective_kind kinds[] = {
	{ "hinton", hinton_apply },
	{ "dkd", dkd_apply },
	{ "logit-std", logit_std_apply },
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *
objective_name(size_t i)
{
	return i < KINDS ? kinds[i].name : NULL;
}

const char *
objective_parse(struct objective *o, const char *text)
{
	o->kind = NULL;
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, text) == 0)
			o->kind = &kinds[i];
	return o->kind ? NULL : "no such objective";
}

double
objective_apply(double *dz, const struct kd_utterance *u,
                const float *teacher, const struct objective *o, double scale)
{
	return o->kind->apply(dz, u, teacher, o, scale);
}
