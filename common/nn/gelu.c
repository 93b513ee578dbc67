#include "core/vector.h"
#include "nn/gelu.h"
#include "nn/vexp.h"

/* Beyond this e^(-x^2/2), and with it all that is not linear, is 0. */
enum { FAR = 15 };

/*
 * x Phi(x) is x above 0 and 0 below, less |x| Phi(-|x|) on both sides: the
 * subtrahend is small and smooth, and no digits are lost in 1 + erf.
 */
VECTORISED void
gelu_forward(float *y, const float *x, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++) {
		float v = x[i], a = vmagnitude(v, FAR), tail;

		tail = vnormal_tail(a, vexp(-0.5f * a * a));
		y[i] = (v < 0 ? 0 : v) - a * tail;
	}
}

/* phi(x) = e^(-x^2/2) / sqrt(2 pi) */
VECTORISED void
gelu_backward(float *dx, const float *dy, const float *x, size_t n)
{
	#pragma omp simd
	for (size_t i = 0; i < n; i++) {
		float v = x[i], a = vmagnitude(v, FAR), e, tail, slope;

		e = vexp(-0.5f * a * a);
		tail = vnormal_tail(a, e);
		slope = a * e * 0.398942280f - tail;
		dx[i] += dy[i] * (v < 0 ? -slope : 1 + slope);
	}
}
