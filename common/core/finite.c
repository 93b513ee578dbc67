#include "core/finite.h"
#include "core/vector.h"

/* x - x is 0 only for a finite x; so the sum of the differences is 0. */
VECTORISED bool
floats_finite(const float *x, size_t n)
{
	float lane[16] = { 0 };
	float sum = 0;

	for (size_t i = 0; i + 16 <= n; i += 16)
		for (size_t l = 0; l < 16; l++)
			lane[l] += x[i + l] - x[i + l];
	for (size_t i = n / 16 * 16; i < n; i++)
		sum += x[i] - x[i];
	for (size_t l = 0; l < 16; l++)
		sum += lane[l];
	return sum == 0;
}
