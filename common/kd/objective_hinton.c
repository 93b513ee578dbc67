#include <math.h>

#include "kd/log_softmax.h"
#include "kd/objective_kinds.h"

double
hinton_apply(double *dz, const struct kd_utterance *u, const float *teacher,
             const struct objective *o, double scale)
{
	struct log_softmax student = log_softmax(u->logits, u->classes, o->T);
	struct log_softmax taught = log_softmax(teacher, u->classes, o->T);
	double kl = 0;

	for (size_t c = 0; c < u->classes; c++) {
		double log_q = log_softmax_at(&student, c);
		double log_p = log_softmax_at(&taught, c), p = exp(log_p);

		kl += p * (log_p - log_q);
		dz[c] += scale * o->T * (exp(log_q) - p);
	}
	return o->T * o->T * fmax(kl, 0); /* below 0 by rounding only */
}
