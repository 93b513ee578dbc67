#include <math.h>

#include "core/chunk.h"
#include "core/vector.h"
#include "nn/groupnorm.h"

/*
 * Sums over time go by panels of channels and, within, by short runs of rows:
 * those are summed in single precision, by any thread, and added up in double
 * precision in their order.
 */
enum { PANEL = 512, ROWS = 64 };

struct sums { double first[PANEL], second[PANEL]; };
struct run { float first[PANEL], second[PANEL]; };

/* One panel of the arrays. */
struct view {
	const float *x, *dy, *mean, *rstd;
	size_t C, width;
};

static struct view
panel(const float *x, const float *dy, const float *mean, const float *rstd,
      size_t c, size_t C)
{
	return (struct view){
		.x = x + c, .dy = dy ? dy + c : NULL, .mean = mean + c,
		.rstd = rstd + c, .C = C, .width = chunk_length(c, PANEL, C)
	};
}

/* A first guess of the mean, from which squares are small. */
VECTORISED static void
guess_mean(float *restrict mean, const float *restrict x, size_t T, size_t C,
           size_t width)
{
	size_t rows = T < ROWS ? T : ROWS;

	for (size_t c = 0; c < width; c++)
		mean[c] = 0;
	for (size_t t = 0; t < rows; t++)
		for (size_t c = 0; c < width; c++)
			mean[c] += x[t * C + c];
	for (size_t c = 0; c < width; c++)
		mean[c] /= (float)rows;
}

/* Of x less the guess, and its square. */
VECTORISED static void
run_moments(struct run *restrict r, const struct view *v, size_t t,
            size_t rows)
{
	const float *x = v->x + t * v->C, *mean = v->mean;

	for (size_t c = 0; c < v->width; c++)
		r->first[c] = r->second[c] = 0;
	for (size_t n = 0; n < rows; n++, x += v->C)
		for (size_t c = 0; c < v->width; c++) {
			float off = x[c] - mean[c];

			r->first[c] += off;
			r->second[c] += off * off;
		}
}

/* Of dy and dy xhat. */
VECTORISED static void
run_gradients(struct run *restrict r, const struct view *v, size_t t,
              size_t rows)
{
	const float *x = v->x + t * v->C, *dy = v->dy + t * v->C;
	const float *mean = v->mean, *rstd = v->rstd;

	for (size_t c = 0; c < v->width; c++)
		r->first[c] = r->second[c] = 0;
	for (size_t n = 0; n < rows; n++, x += v->C, dy += v->C)
		for (size_t c = 0; c < v->width; c++) {
			r->first[c] += dy[c];
			r->second[c] += dy[c] * ((x[c] - mean[c]) * rstd[c]);
		}
}

static void
sum_runs(struct sums *sums, const struct view *v, size_t T,
         void (*run)(struct run *, const struct view *, size_t, size_t))
{
	*sums = (struct sums){ .first = { 0 } };
	#pragma omp parallel for ordered schedule(static, 1) \
	        if (chunk_worth(T * v->width))
	for (size_t t = 0; t < T; t += ROWS) {
		struct run r;

		run(&r, v, t, chunk_length(t, ROWS, T));
		#pragma omp ordered
		for (size_t c = 0; c < v->width; c++) {
			sums->first[c] += (double)r.first[c];
			sums->second[c] += (double)r.second[c];
		}
	}
}

VECTORISED static void
normalise(float *y, const float *x, const float *mean, const float *rstd,
          const float *gain, const float *bias, size_t T, size_t C)
{
	for (size_t t = 0; t < T; t++, y += C, x += C)
		#pragma omp simd
		for (size_t c = 0; c < C; c++)
			y[c] = (x[c] - mean[c]) * (rstd[c] * gain[c])
				+ bias[c];
}

void
groupnorm_forward(float *y, float *mean, float *rstd,
                  const float *x, const float *gain, const float *bias,
                  size_t T, size_t C, float epsilon)
{
	size_t rows = chunk_rows(C);

	for (size_t c = 0; c < C; c += PANEL) {
		struct view v = panel(x, NULL, mean, rstd, c, C);
		struct sums sums;

		guess_mean(mean + c, v.x, T, C, v.width);
		sum_runs(&sums, &v, T, run_moments);
		for (size_t i = 0; i < v.width; i++) {
			double m = sums.first[i] / (double)T;
			double variance = sums.second[i] / (double)T - m * m;

			mean[c + i] += (float)m;
			rstd[c + i] = (float)(1 / sqrt(fmax(variance, 0)
			                               + (double)epsilon));
		}
	}
	#pragma omp parallel for schedule(dynamic) if (chunk_worth(T * C))
	for (size_t t = 0; t < T; t += rows)
		normalise(y + t * C, x + t * C, mean, rstd, gain, bias,
		          chunk_length(t, rows, T), C);
}

/* average and product: the averages of dy and dy xhat. */
VECTORISED static void
add_gradient(float *dx, const struct view *v, const float *gain,
             const float *average, const float *product,
             size_t t, size_t rows)
{
	const float *x = v->x + t * v->C, *dy = v->dy + t * v->C;
	const float *mean = v->mean, *rstd = v->rstd;

	dx += t * v->C;
	for (size_t n = 0; n < rows; n++, dx += v->C, x += v->C, dy += v->C)
		#pragma omp simd
		for (size_t c = 0; c < v->width; c++) {
			float xhat = (x[c] - mean[c]) * rstd[c];

			dx[c] += gain[c] * rstd[c] *
				(dy[c] - average[c] - xhat * product[c]);
		}
}

/* As layernorm's, but down the columns, where gain is a common factor. */
void
groupnorm_backward(float *dx, float *dgain, float *dbias,
                   const float *dy, const float *x, const float *gain,
                   const float *mean, const float *rstd, size_t T, size_t C)
{
	for (size_t c = 0; c < C; c += PANEL) {
		struct view v = panel(x, dy, mean, rstd, c, C);
		float average[PANEL], product[PANEL];
		struct sums sums;

		sum_runs(&sums, &v, T, run_gradients);
		for (size_t i = 0; i < v.width; i++) {
			dbias[c + i] += (float)sums.first[i];
			dgain[c + i] += (float)sums.second[i];
			average[i] = (float)(sums.first[i] / (double)T);
			product[i] = (float)(sums.second[i] / (double)T);
		}
		#pragma omp parallel for schedule(dynamic) \
		        if (dx && chunk_worth(T * v.width))
		for (size_t t = 0; t < (dx ? T : 0); t += ROWS)
			add_gradient(dx + c, &v, gain + c, average, product,
			             t, chunk_length(t, ROWS, T));
	}
}
