#include "core/vector.h"
#include "nn/tanh.h"
#include "nn/vexp.h"

VECTORISED void
tanh_forward(float *y, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = vtanh(x[i]);
}

VECTORISED void
tanh_backward(float *dx, const float *dy, const float *y, size_t n)
{
	for (size_t i = 0; i < n; i++)
		dx[i] += dy[i] * (1 - y[i] * y[i]);
}
