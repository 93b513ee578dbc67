#include <math.h>

#include "kd/log_softmax.h"

struct log_softmax
log_softmax_without(const float *z, size_t n, size_t left, double T)
{
	struct log_softmax s = { z, T, -INFINITY, 0 };
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		if (i != left && (double)z[i] > s.most)
			s.most = (double)z[i];
	for (size_t i = 0; i < n; i++)
		if (i != left)
			sum += exp(((double)z[i] - s.most) / T);
	s.log_sum = log(sum);
	return s;
}

struct log_softmax
log_softmax(const float *z, size_t n, double T)
{
	return log_softmax_without(z, n, n, T);
}

double
log_softmax_at(const struct log_softmax *s, size_t c)
{
	return ((double)s->z[c] - s->most) / s->T - s->log_sum;
}
