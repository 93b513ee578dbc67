#include <math.h>

#include "kd/cholesky.h"

bool
cholesky_solve(double *H, double *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = H[i * n + j];

			for (size_t k = 0; k < j; k++)
				sum -= H[i * n + k] * H[j * n + k];
			if (i == j && !(sum > 0))
				return false;
			H[i * n + j] = i == j ? sqrt(sum)
			                      : sum / H[j * n + j];
		}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			s[i] -= H[i * n + k] * s[k];
		s[i] /= H[i * n + i];
	}
	for (size_t i = n; i-- > 0;) {
		for (size_t k = i + 1; k < n; k++)
			s[i] -= H[k * n + i] * s[k];
		s[i] /= H[i * n + i];
	}
	return true;
}
