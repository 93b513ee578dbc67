#include <math.h>

#include "audio/level.h"

double
level_rms(const float *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)x[i] * (double)x[i];
	return n > 0 ? sqrt(sum / (double)n) : 0;
}

void
level_gain(float *x, size_t n, float factor)
{
	for (size_t i = 0; i < n; i++)
		x[i] *= factor;
}

double
decibels(double level)
{
	return 20 * log10(level);
}

double
decibels_level(double decibels)
{
	return pow(10, decibels / 20);
}
