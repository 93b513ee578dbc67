/*
 * limits - what this machine can do, to hold our own timings against
 *
 *	limits fft 6000          seconds of a processor for so many transforms
 *	limits sgemm 144 8       GFLOP a second of processor, all at work, at a
 *	                         student's width and with so many utterances
 *	limits pipe | cat        GB/s through a pipe, on standard error
 *	limits memcpy            GB/s
 */
#include <cblas.h>
#include <fftw3.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gemm/gemm.h"

enum { POINTS = 512, FRAMES = 64, ROWS = 75, BLOCK = 1 << 16 };

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Out of place from a buffer that stays in the cache, as fbank's do. */
static double
fft(long count)
{
	double *in = fftw_alloc_real(POINTS * FRAMES);
	fftw_complex *out = fftw_alloc_complex(POINTS / 2 + 1);
	fftw_plan plan = fftw_plan_dft_r2c_1d(POINTS, in, out, FFTW_MEASURE);
	double begun;

	for (int i = 0; i < POINTS * FRAMES; i++)
		in[i] = i % 97 - 48;
	begun = seconds(CLOCK_PROCESS_CPUTIME_ID);
	for (long i = 0; i < count; i++)
		fftw_execute_dft_r2c(plan, in + i % FRAMES * POINTS, out);
	return seconds(CLOCK_PROCESS_CPUTIME_ID) - begun;
}

/* One product C [m,n] += A [m,k] B' [n,k], repeated; its operations. */
static double
product(float *x, int m, int n, int k)
{
	for (int i = 0; i < 4; i++)
		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k,
		            1, x, k, x + m * k, k, 1, x + m * k + n * k, n);
	return 4 * 2.0 * m * n * k;
}

/*
 * The products of a layer of attention and a mlp.  All threads run, for they
 * share the machine's memory, and its clock.
 */
static double
sgemm(int width, int utterances)
{
	int rows = ROWS * utterances, w = width;
	size_t size = (size_t)rows * (size_t)w * 6 +
		(size_t)w * (size_t)w * 4;
	double work = 0, spent = 0;

	gemm_begin();
#pragma omp parallel reduction(+ : work, spent)
	{
		float *x = calloc(size, sizeof *x);
		double begun = seconds(CLOCK_THREAD_CPUTIME_ID);

		while (x && spent < .2) {
			work += product(x, rows, 3 * w, w) +
				product(x, rows, w, w) +
				product(x, rows, 4 * w, w) +
				product(x, rows, w, 4 * w);
			spent = seconds(CLOCK_THREAD_CPUTIME_ID) - begun;
		}
		free(x);
	}
	return work / spent / 1e9;
}

static double
copy(long gigabytes)
{
	char *from = malloc(BLOCK << 9), *to = malloc(BLOCK << 9);
	double begun, bytes = 0;

	memset(from, 1, BLOCK << 9);
	memset(to, 2, BLOCK << 9);
	begun = seconds(CLOCK_PROCESS_CPUTIME_ID);
	for (; bytes < (double)gigabytes * 1e9; bytes += BLOCK << 9) {
		memcpy(to, from, BLOCK << 9);
		from[1] += to[2]; /* or the compiler would copy once */
	}
	return bytes / (seconds(CLOCK_PROCESS_CPUTIME_ID) - begun) / 1e9;
}

static double
stream(long gigabytes)
{
	char *block = calloc(BLOCK, 1);
	double begun = seconds(CLOCK_MONOTONIC), bytes = 0;

	for (; bytes < (double)gigabytes * 1e9; bytes += BLOCK)
		if (write(STDOUT_FILENO, block, BLOCK) != BLOCK)
			return 0;
	return bytes / (seconds(CLOCK_MONOTONIC) - begun) / 1e9;
}

int
main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 3 && strcmp(what, "fft") == 0)
		printf("%.6f\n", fft(strtol(argv[2], NULL, 10)));
	else if (argc == 4 && strcmp(what, "sgemm") == 0)
		printf("%.2f\n", sgemm((int)strtol(argv[2], NULL, 10),
		                      (int)strtol(argv[3], NULL, 10)));
	else if (strcmp(what, "memcpy") == 0)
		printf("%.2f\n", copy(4));
	else if (strcmp(what, "pipe") == 0)
		fprintf(stderr, "%.2f\n", stream(1));
	else
		return 2;
	return 0;
}
