#include <math.h>

#include "kd/log_softmax.h"
#include "kd/objective_kinds.h"

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

double
dkd_apply(double *dz, const struct kd_utterance *u, const float *teacher,
          const struct objective *o, double scale)
{
	size_t n = u->classes, y = (size_t)u->label;
	struct log_softmax student, taught, student_rest, taught_rest;
	struct split p, q;
	double pull, rest = 0, T = o->T;

	if (u->label == KD_UNLABELLED)
		return hinton_apply(dz, u, teacher, o, scale);
	if (n == 1)
		return 0;
	student = log_softmax(u->logits, n, T);
	taught = log_softmax(teacher, n, T);
	student_rest = log_softmax_without(u->logits, n, y, T);
	taught_rest = log_softmax_without(teacher, n, y, T);
	p = split(&taught, &taught_rest, y);
	q = split(&student, &student_rest, y);
	pull = scale * o->alpha * T * (exp(q.label) - exp(p.label));
	dz[y] += pull;
	for (size_t c = 0; c < n; c++) {
		double log_q = log_softmax_at(&student_rest, c);
		double log_p = log_softmax_at(&taught_rest, c);

		if (c == y)
			continue;
		rest += exp(log_p) * (log_p - log_q);
		dz[c] += scale * o->beta * T * (exp(log_q) - exp(log_p)) -
			pull * exp(log_q);
	}
	return T * T * (o->alpha * divergence(p, q) +
	                o->beta * fmax(rest, 0));
}
