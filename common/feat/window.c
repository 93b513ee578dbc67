#include <math.h>

#include "feat/window.h"

static double
window_value(double angle, enum window_shape shape)
{
	double hann = 0.5 - 0.5 * cos(angle);

	switch (shape) {
	case WINDOW_POVEY:
		/* cos may exceed 1 by its rounding, pow must not see it. */
		return pow(hann > 0 ? hann : 0, 0.85);
	case WINDOW_HAMMING:
		return 0.54 - 0.46 * cos(angle);
	case WINDOW_HANNING:
		return hann;
	default:
		return 1;
	}
}

void
window_fill(double *out, size_t n, enum window_shape shape)
{
	const double step = 2 * 3.14159265358979323846 / (double)(n - 1);

	for (size_t i = 0; i < n; i++)
		out[i] = window_value(step * (double)i, shape);
}
