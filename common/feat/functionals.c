#include <math.h>

#include "feat/functionals.h"

static void
swap(float *a, float *b)
{
	float x = *a;

	*a = *b;
	*b = x;
}

/* The k'th smallest of x [n], which is reordered (Hoare 1961). */
static float
select_kth(float *x, size_t n, size_t k)
{
	size_t low = 0, high = n - 1;

	while (low < high) {
		float pivot = x[low + (high - low) / 2];
		size_t i = low, j = high;

		for (;;) {
			while (x[i] < pivot)
				i++;
			while (x[j] > pivot)
				j--;
			if (i >= j)
				break;
			swap(&x[i++], &x[j--]);
		}
		if (k <= j)
			high = j;
		else
			low = j + 1;
	}
	return x[k];
}

/* Mean and deviation of the column at x, rows weighted. */
static void
moments(float *mean, float *deviation, const float *x,
        const float *weight, size_t T, size_t width)
{
	double sum = 0, square = 0, total = 0, variance;

	for (size_t t = 0; t < T; t++) {
		double w = weight ? (double)weight[t] : 1;
		double value = (double)x[t * width];

		total += w;
		sum += w * value;
		square += w * value * value;
	}
	total = total > 0 ? total : 1;
	variance = square / total - sum / total * (sum / total);
	*mean = (float)(sum / total);
	*deviation = variance > 0 ? (float)sqrt(variance) : 0;
}

static float
mean_change(const float *x, size_t T, size_t width)
{
	double sum = 0;

	for (size_t t = 1; t < T; t++)
		sum += fabs((double)x[t * width] - (double)x[(t - 1) * width]);
	return T > 1 ? (float)(sum / (double)(T - 1)) : 0;
}

/* The rows of a column that count, packed; all where none does. */
static size_t
column_pack(float *packed, const float *x, const float *weight, size_t T,
            size_t width)
{
	size_t n = 0;

	for (size_t t = 0; t < T; t++)
		if (!weight || weight[t] > .25f)
			packed[n++] = x[t * width];
	if (n > 0)
		return n;
	for (size_t t = 0; t < T; t++)
		packed[t] = x[t * width];
	return T;
}

void
functionals_forward(float *out, const float *x, size_t T, size_t width,
                    int f0, struct arena *scratch)
{
	float *packed = arena_floats(scratch, T);
	float *voiced = arena_floats(scratch, T);

	for (size_t t = 0; f0 >= 0 && t < T; t++) {
		float voicing = x[t * width + (size_t)f0 + 1];

		voiced[t] = voicing > 0 ? voicing * voicing : 0;
	}
	for (size_t c = 0; c < width; c++) {
		const float *weight = f0 >= 0 && c == (size_t)f0 ? voiced
		                                                 : NULL;
		size_t n;

		moments(&out[c], &out[width + c], x + c, weight, T, width);
		out[2 * width + c] = mean_change(x + c, T, width);
		n = column_pack(packed, x + c, weight, T, width);
		out[3 * width + c] = select_kth(packed, n, n / 5);
		out[4 * width + c] = select_kth(packed, n, n - 1 - n / 5);
	}
}
