#include <math.h>
#include <stdlib.h>

#include "core/vector.h"
#include "core/xalloc.h"
#include "train/adamw.h"

VECTORISED static void
update(float *restrict x, float *restrict m, float *restrict v,
       const float *restrict g, size_t n, float scale, float beta1,
       float beta2, float m_scale, float v_scale, float epsilon, float decay)
{
	for (size_t i = 0; i < n; i++) {
		float slope = scale * g[i];

		m[i] = beta1 * m[i] + (1 - beta1) * slope;
		v[i] = beta2 * v[i] + (1 - beta2) * slope * slope;
		x[i] = x[i] - m_scale * m[i] /
			(sqrtf(v[i] * v_scale) + epsilon) - decay * x[i];
	}
}

void
adamw_step(float *x, float *m, float *v, const float *g, float scale,
           size_t n, size_t step, const struct adamw *o)
{
	double t = (double)step;
	double m_scale = (double)o->rate / (1 - pow((double)o->beta1, t));
	double v_scale = 1 / (1 - pow((double)o->beta2, t));

	update(x, m, v, g, n, scale, o->beta1, o->beta2, (float)m_scale,
	       (float)v_scale, o->epsilon, o->rate * o->decay);
}

float
schedule_rate(float peak, size_t step, size_t warmup, size_t total)
{
	double part;

	if (step < warmup)
		return peak * (float)(step + 1) / (float)warmup;
	if (total <= warmup)
		return peak;
	part = (double)(step - warmup) / (double)(total - warmup);
	if (part >= 1)
		return 0;
	return peak * (float)(.5 + .5 * cos(3.14159265358979 * part));
}

/* Sum of squares of one piece. */
static double
energy(const float *g, size_t n)
{
	double sum[8] = { 0 };

	for (size_t i = 0; i + 8 <= n; i += 8)
		for (size_t l = 0; l < 8; l++)
			sum[l] += (double)g[i + l] * (double)g[i + l];
	for (size_t i = n / 8 * 8; i < n; i++)
		sum[0] += (double)g[i] * (double)g[i];
	for (size_t l = 1; l < 8; l++)
		sum[0] += sum[l];
	return sum[0];
}

/* In pieces, whose sums are added in order, whatever thread computes them. */
float
gradient_norm(const float *g, size_t n)
{
	enum { PIECE = 1 << 16 };
	size_t pieces = (n + PIECE - 1) / PIECE;
	double *part = xcalloc(pieces + 1, sizeof *part), sum = 0;

	#pragma omp parallel for schedule(static)
	for (size_t i = 0; i < pieces; i++)
		part[i] = energy(g + i * PIECE, n - i * PIECE < PIECE
		                 ? n - i * PIECE : PIECE);
	for (size_t i = 0; i < pieces; i++)
		sum += part[i];
	free(part);
	return (float)sqrt(sum);
}

float
clip_scale(float norm, float limit)
{
	return limit <= 0 || norm <= limit ? 1 : limit / norm;
}

void
average_step(float *average, const float *x, size_t n, size_t step,
             float decay)
{
	float warm = (1 + (float)step) / (10 + (float)step);
	float share = 1 - (warm < decay ? warm : decay);

	for (size_t i = 0; i < n; i++)
		average[i] += share * (x[i] - average[i]);
}
