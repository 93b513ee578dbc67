#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/chunk.h"
#include "core/half.h"
#include "encoder/encoder.h"
#include "encoder/packed.h"
#include "encoder/wav2vec2_convolutions.h"
#include "gemm/bf16_native.h"
#include "nn/conv1d.h"
#include "nn/gelu.h"
#include "nn/layernorm.h"

/* Rows of a convolution that are normed and rounded while in the cache. */
enum { ROWS = 128 };

static const double conv_epsilon = 1e-5; /* PyTorch's, whatever the model's */

/* The first convolution, of one channel; a norm over time multiplied out. */
struct first {
	size_t k, stride, O;
	float *weight, *bias;     /* [O,k], [O] */
	const struct encoder_norm *norm; /* over channels; or NULL */
};

/*
 * mean [k] and covariance [k,k] of windows of x, without writing the windows:
 * the mean and variance of a convolution follow from these.
 */
static void
windows_measure(double *mean, double *covariance, const float *x,
                size_t rows, size_t k, size_t stride)
{
	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth(rows * k * k))
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = 0, product = 0;

			#pragma omp simd reduction(+:sum, product)
			for (size_t t = 0; t < rows; t++) {
				double a = (double)x[t * stride + i];

				sum += a;
				product += a * (double)x[t * stride + j];
			}
			mean[i] = sum / (double)rows;
			covariance[i * k + j] = product / (double)rows;
		}
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j <= i; j++) {
			covariance[i * k + j] -= mean[i] * mean[j];
			covariance[j * k + i] = covariance[i * k + j];
		}
}

/* The norm over time of channel o becomes part of its weight and bias. */
static void
norm_fold(float *weight, float *bias, const double *mean,
          const double *covariance, float gain, float shift, size_t k)
{
	double m = 0, variance = 0, scale;

	for (size_t i = 0; i < k; i++) {
		m += (double)weight[i] * mean[i];
		for (size_t j = 0; j < k; j++)
			variance += (double)weight[i] * (double)weight[j] *
				covariance[i * k + j];
	}
	scale = (double)gain / sqrt(fmax(variance, 0) + conv_epsilon);
	for (size_t i = 0; i < k; i++)
		weight[i] = (float)((double)weight[i] * scale);
	*bias = (float)((double)shift - m * scale);
}

static struct first
first_of(const struct encoder *n, const float *audio, size_t N,
         struct arena *arena)
{
	const struct encoder_config *c = &n->config;
	const struct encoder_conv *w = &n->weights.conv[0];
	struct first f = {
		.k = c->conv_taps[0], .stride = c->conv_stride[0],
		.O = c->conv_width[0],
		.norm = c->conv_layer_norm ? &w->norm : NULL
	};
	double *mean = arena_take(arena, f.k, sizeof *mean);
	double *covariance = arena_take(arena, f.k * f.k, sizeof *mean);

	f.weight = arena_floats(arena, f.O * f.k);
	f.bias = arena_zeros(arena, f.O);
	memcpy(f.weight, w->conv.weight, f.O * f.k * sizeof *f.weight);
	if (f.norm) {
		if (w->conv.bias)
			memcpy(f.bias, w->conv.bias, f.O * sizeof *f.bias);
		return f;
	}
	/* a bias would be taken off again with the mean */
	windows_measure(mean, covariance, audio,
	                conv1d_rows(N, f.k, f.stride), f.k, f.stride);
	for (size_t o = 0; o < f.O; o++)
		norm_fold(f.weight + o * f.k, f.bias + o, mean, covariance,
		          w->norm.gain[o], w->norm.bias[o], f.k);
	return f;
}

/* y = GELU(norm(z)), rounded; z [rows,O] is used up. */
static void
finish(uint16_t *y, float *z, const struct encoder_norm *norm, size_t rows,
       size_t O)
{
	float mean[ROWS], rstd[ROWS];

	if (norm)
		layernorm_forward(z, mean, rstd, z, norm->gain, norm->bias,
		                  rows, O, (float)conv_epsilon);
	gelu_rough(z, z, rows * O);
	bf16_round(y, z, rows * O, 1);
}

static void
first_forward(uint16_t *y, const struct first *f, const float *audio, size_t N,
              struct arena *arena)
{
	size_t rows = conv1d_rows(N, f->k, f->stride);
	float *z = arena_floats(arena, (size_t)omp_get_max_threads() * ROWS *
	                        f->O);

	#pragma omp parallel for schedule(dynamic)
	for (size_t t = 0; t < rows; t += ROWS) {
		size_t some = chunk_length(t, ROWS, rows);
		float *own = z + (size_t)omp_get_thread_num() * ROWS * f->O;

		conv1d_forward(own, audio + t * f->stride, f->weight, f->bias,
		               (some - 1) * f->stride + f->k, 1, f->O, f->k,
		               f->stride);
		finish(y + t * f->O, own, f->norm, some, f->O);
	}
}

/*
 * Convolution i of x [T,I]; its norm, if any, is over channels of z, which is
 * shared by all.
 */
static void
conv_forward(uint16_t *y, const struct encoder *n,
             const struct encoder_packed *p, size_t i, const uint16_t *x,
             size_t T, float *z, struct arena *scratch)
{
	const struct encoder_config *c = &n->config;
	size_t O = c->conv_width[i], I = encoder_conv_inputs(c, i);
	size_t rows = conv1d_rows(T, c->conv_taps[i], c->conv_stride[i]);
	size_t K = c->conv_taps[i] * I;
	const struct bf16_in in = { .half = x, .ld = c->conv_stride[i] * I };
	struct bf16_out out = {
		.half = y, .ldh = O, .bias = n->weights.conv[i].conv.bias,
		.activate = gelu_rough
	};

	if (c->conv_layer_norm) {
		out = (struct bf16_out){
			.y = z, .ldy = O,
			.bias = n->weights.conv[i].conv.bias
		};
	}
	gemm_bf16(&out, p->unit, &in, p->conv[i], rows, O, K,
	          arena_halves(scratch, gemm_bf16_scratch(rows, K)));
	if (!c->conv_layer_norm)
		return;
	#pragma omp parallel for schedule(dynamic)
	for (size_t t = 0; t < rows; t += ROWS)
		finish(y + t * O, z + t * O, &n->weights.conv[i].norm,
		       chunk_length(t, ROWS, rows), O);
}

/* Of any convolution but the first, which has T rows: rows by channels. */
static size_t
most_values(const struct encoder_config *c, size_t T)
{
	size_t most = 0;

	for (size_t i = 1; i < c->convs; i++) {
		T = conv1d_rows(T, c->conv_taps[i], c->conv_stride[i]);
		if (T * c->conv_width[i] > most)
			most = T * c->conv_width[i];
	}
	return most;
}

void
wav2vec2_convolutions_halves(uint16_t *features, const struct encoder *n,
                             const struct encoder_packed *p,
                             const float *audio, size_t N,
                             struct arena *scratch)
{
	const struct encoder_config *c = &n->config;
	struct first f = first_of(n, audio, N, scratch);
	size_t T = conv1d_rows(N, f.k, f.stride);
	uint16_t *x = c->convs > 1 ? arena_halves(scratch, T * f.O) : features;
	float *z = NULL;

	first_forward(x, &f, audio, N, scratch);
	if (c->conv_layer_norm)
		z = arena_floats(scratch, most_values(c, T));
	for (size_t i = 1; i < c->convs; i++) {
		size_t rows = conv1d_rows(T, c->conv_taps[i],
		                          c->conv_stride[i]);
		uint16_t *y = i + 1 == c->convs ? features
			: arena_halves(scratch, rows * c->conv_width[i]);

		conv_forward(y, n, p, i, x, T, z, scratch);
		x = y;
		T = rows;
	}
}

void
wav2vec2_convolutions_packed(const struct encoder_values *features,
                             const struct encoder_rows *rows,
                             struct arena *scratch)
{
	arena_clear(scratch);
	wav2vec2_convolutions_halves(features->halves, rows->network,
	                             rows->packed, rows->batch->input[0],
	                             rows->batch->lengths[0], scratch);
	arena_clear(scratch);
}
