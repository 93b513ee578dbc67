/*
 * kernels - what layers reach at the sizes of wav2vec 2.0 base and five
 * seconds of audio: lines of a name and GFLOP/s, all threads at work
 *
 * The first two are products of floats and of bfloats by themselves, at a size
 * that suits them.
 */
#define _POSIX_C_SOURCE 200809L
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gemm/gemm.h"
#include "gemm/bf16_native.h"
#include "gemm/gemm_bf16.h"
#include "nn/attention.h"
#include "nn/conv1d.h"
#include "nn/conv_grouped.h"
#include "nn/linear.h"

enum {
	SQUARE = 1536, ROWS = 249, WIDTH = 768, INNER = 4 * WIDTH,
	CONV = 512, CONV_ROWS = 15999, GROUPS = 16, TAPS = 128, HEADS = 12,
	FLOATS = 20000 * CONV
};

struct arrays {
	float *x, *y, *w, *scratch;
	uint16_t *halves, *packed, *space; /* of bf16 */
};

/* Each of these does some work and returns its multiplications. */
static double
sgemm(struct arrays *a)
{
	size_t n = SQUARE;

	#pragma omp parallel
	{
		size_t parts = (size_t)omp_get_num_threads();
		size_t i = (size_t)omp_get_thread_num();
		size_t from = n * i / parts, to = n * (i + 1) / parts;

		gemm(GEMM_PLAIN, GEMM_TRANSPOSED, to - from, n, n, 1,
		     a->x + from * n, n, a->w, n, 0, a->y + from * n, n);
	}
	return 1. * SQUARE * SQUARE * SQUARE;
}

/* The best that bfloats do here, at the same size. */
static double
bf16(struct arrays *a)
{
	size_t n = SQUARE;
	const struct bf16_in in = { .half = a->halves, .ld = n };
	const struct bf16_out out = { .y = a->y, .ldy = n };

	gemm_bf16(&out, bf16_unit_find(NULL), &in, a->packed, n, n, n,
	          a->space);
	return 1. * SQUARE * SQUARE * SQUARE;
}

static double
linear(struct arrays *a)
{
	linear_forward(a->y, a->x, WIDTH, a->w, a->w, ROWS, WIDTH, WIDTH);
	linear_forward(a->y, a->x, WIDTH, a->w, a->w, ROWS, WIDTH, INNER);
	linear_forward(a->y, a->x, INNER, a->w, a->w, ROWS, INNER, WIDTH);
	return 9. * ROWS * WIDTH * WIDTH;
}

static double
linear_gradient(struct arrays *a)
{
	linear_backward(a->y, WIDTH, a->scratch, a->scratch, a->x, a->x,
	                WIDTH, a->w, ROWS, WIDTH, INNER);
	linear_backward(a->y, INNER, a->scratch, a->scratch, a->x, a->x,
	                INNER, a->w, ROWS, INNER, WIDTH);
	return 16. * ROWS * WIDTH * WIDTH;
}

static double
samples(struct arrays *a)
{
	conv1d_forward(a->y, a->x, a->w, NULL, 5 * CONV_ROWS + 5, 1, CONV, 10,
	               5);
	return 10. * CONV_ROWS * CONV;
}

static double
convolution(struct arrays *a)
{
	double products = 0;
	size_t T = CONV_ROWS;

	for (size_t k = 3; T > ROWS; k = T < 1000 ? 2 : 3) {
		conv1d_forward(a->y, a->x, a->w, NULL, T, CONV, CONV, k, 2);
		T = conv1d_rows(T, k, 2);
		products += (double)(T * k) * CONV * CONV;
	}
	return products;
}

static double
position(struct arrays *a)
{
	conv_grouped_forward(a->y, a->scratch, a->x, a->w, a->w, ROWS, WIDTH,
	                     GROUPS, TAPS);
	return 1. * ROWS * WIDTH * (WIDTH / GROUPS) * TAPS;
}

static double
attention(struct arrays *a)
{
	attention_forward(a->y, NULL, a->scratch, a->x, NULL, ROWS, WIDTH,
	                  HEADS);
	return 2. * ROWS * ROWS * WIDTH;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
measure(const char *name, double (*work)(struct arrays *), struct arrays *a)
{
	double done = 0, begun, spent;

	work(a);
	begun = seconds();
	do {
		done += 2 * work(a);
		spent = seconds() - begun;
	} while (spent < .1);
	printf("%s %.2f\n", name, done / spent / 1e9);
}

static float *
numbers(void)
{
	float *x = malloc(FLOATS * sizeof *x);

	for (size_t i = 0; x && i < FLOATS; i++)
		x[i] = (float)(i % 97) * .01f - .5f;
	return x;
}

int
main(void)
{
	struct arrays a = {
		numbers(), numbers(), numbers(), numbers(),
		malloc(SQUARE * SQUARE * sizeof *a.halves),
		malloc(SQUARE * SQUARE * sizeof *a.packed),
		malloc(gemm_bf16_scratch(SQUARE, SQUARE) * sizeof *a.space)
	};

	if (!a.x || !a.y || !a.w || !a.scratch || !a.halves || !a.packed ||
	    !a.space)
		return 1;
	gemm_begin();
	bf16_round(a.halves, a.x, SQUARE * SQUARE, 1);
	bf16_pack(a.packed, a.w, SQUARE, SQUARE, SQUARE);
	measure("sgemm", sgemm, &a);
	measure("bf16", bf16, &a);
	measure("linear", linear, &a);
	measure("linear_gradient", linear_gradient, &a);
	measure("samples", samples, &a);
	measure("convolution", convolution, &a);
	measure("position", position, &a);
	measure("attention", attention, &a);
	return 0;
}
