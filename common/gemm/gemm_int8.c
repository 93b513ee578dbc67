#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/bits.h"
#include "core/chunk.h"
#include "core/die.h"
#include "core/vector.h"
#include "core/xalloc.h"
#include "gemm/gemm_int8.h"

enum {
	MOST = 127, OFFSET = 128, ALIGNMENT = 64,
	ROWS = 128,               /* of A that stay in the second cache */
	COLUMNS = 64              /* of the result that a thread takes */
};

static size_t
deep(size_t K)
{
	return (K + INT8_STEP - 1) / INT8_STEP * INT8_STEP;
}

static size_t
round_up(size_t n)
{
	return (n + INT8_BLOCK - 1) / INT8_BLOCK * INT8_BLOCK;
}

/* Row n of W; returns its scale.  Adding a large number rounds. */
VECTORISED static float
row_quantise(int8_t *to, const float *from, float factor, size_t K)
{
	const float magic = 0x1.8p23f;
	float most = 0, inverse;

	#pragma omp simd reduction(max:most)
	for (size_t k = 0; k < K; k++) {
		float a = fabsf(from[k]);

		most = a > most ? a : most;
	}
	inverse = most > 0 ? MOST / most : 0;
	inverse = inverse < INFINITY ? inverse : 0; /* of denormals */
	#pragma omp simd
	for (size_t k = 0; k < K; k++)
		to[k] = (int8_t)bits_of(from[k] * inverse + magic);
	return factor * most / MOST;
}

/* Row n of W, quantised, goes to its panel; it is a multiple of 4 long. */
static void
row_place(struct int8_matrix *m, const int8_t *row, size_t n)
{
	int8_t *panel = m->panels + n / INT8_BLOCK * INT8_BLOCK * deep(m->K);

	panel += n % INT8_BLOCK / INT8_TILE * INT8_TILE_LENGTH +
		n % INT8_TILE * 4;
	for (size_t k = 0; k < m->K; k += 4)
		memcpy(panel + k / INT8_STEP * INT8_STEP_LENGTH +
		       k % INT8_STEP / 4 * INT8_STEP, row + k, 4);
}

static void
matrix_allocate(struct int8_matrix *m, size_t N, size_t K)
{
	size_t panels = round_up(N) * deep(K);
	size_t size = panels + round_up(N) * (sizeof *m->scale +
	                                      sizeof *m->sum);
	int8_t *block = aligned_alloc(ALIGNMENT, size);

	if (!block)
		die("out of memory");
	memset(block, 0, size);
	*m = (struct int8_matrix){
		.N = N, .K = K, .panels = block,
		.scale = (float *)(void *)(block + panels)
	};
	m->sum = (int32_t *)(void *)(m->scale + round_up(N));
}

void
int8_pack(struct int8_matrix *m, const float *const *part,
          const float *factor, size_t parts, size_t N, size_t K)
{
	size_t rows = N / parts;

	matrix_allocate(m, N, K);
	#pragma omp parallel
	{
		int8_t *row = xcalloc(deep(K), sizeof *row);

		#pragma omp for schedule(static)
		for (size_t n = 0; n < N; n++) {
			m->scale[n] = row_quantise(
				row, part[n / rows] + n % rows * K,
				factor[n / rows], K);
			for (size_t k = 0; k < K; k++)
				m->sum[n] += row[k];
			row_place(m, row, n);
		}
		free(row);
	}
}

void
int8_matrix_release(struct int8_matrix *m)
{
	free(m->panels);
	*m = (struct int8_matrix){ .N = 0 };
}

size_t
gemm_int8_scratch(size_t M, size_t K)
{
	return round_up(M) * (deep(K) + sizeof(float));
}

/* A row of A as bytes; returns its scale.  Adding a large number rounds. */
VECTORISED static float
bytes_of(uint8_t *q, const float *x, size_t K)
{
	const float magic = 0x1.8p23f + OFFSET;
	float most = 0, check = 0, inverse;

	#pragma omp simd reduction(max:most)
	for (size_t k = 0; k < K; k++) {
		float a = fabsf(x[k]);

		most = a > most ? a : most;
	}
	#pragma omp simd reduction(+:check)
	for (size_t k = 0; k < K; k++)
		check += 0 * x[k]; /* NaN where one is not finite */
	inverse = most > 0 && check == 0 ? MOST / most : 0;
	inverse = inverse < INFINITY ? inverse : 0; /* a denormal row is 0 */
	#pragma omp simd
	for (size_t k = 0; k < K; k++)
		q[k] = (uint8_t)bits_of(x[k] * inverse + magic);
	memset(q + K, OFFSET, deep(K) - K);
	return most / MOST + check;
}

/* What a call multiplies. */
struct product {
	const struct bf16_out *out;
	const struct int8_unit *unit;
	const struct int8_matrix *W;
	const uint8_t *q;         /* [round_up(M),deep(K)] */
	const float *scale;       /* t [M] */
	size_t M;
};

/* y [rows,32] from sums, before activation. */
VECTORISED static void
scale_sums(float *y, const int32_t *sums, const float *t, const float *s,
           const int32_t *sum, const float *bias, size_t rows)
{
	for (size_t r = 0; r < rows; r++, y += INT8_BLOCK, sums += INT8_BLOCK) {
		#pragma omp simd
		for (size_t n = 0; n < INT8_BLOCK; n++)
			y[n] = (float)(sums[n] - OFFSET * sum[n]) *
				(s[n] * t[r]) + bias[n];
	}
}

static void
block_put(const struct bf16_out *out, const float *values, size_t m, size_t n,
          size_t rows, size_t columns)
{
	for (size_t r = 0; r < rows; r++, values += INT8_BLOCK) {
		float *y = out->y + (m + r) * out->ldy + n;
		const float *more = out->residual
			? out->residual + (m + r) * out->ldr + n : NULL;

		if (!more) {
			memcpy(y, values, columns * sizeof *y);
			continue;
		}
		#pragma omp simd
		for (size_t i = 0; i < columns; i++)
			y[i] = values[i] + more[i];
	}
}

/* Rows m to m + rows by 32 columns from n on. */
static void
block_multiply(const struct product *p, size_t m, size_t n, size_t rows)
{
	_Alignas(ALIGNMENT) int32_t sums[INT8_BLOCK * INT8_BLOCK];
	float y[INT8_BLOCK * INT8_BLOCK], bias[INT8_BLOCK] = { 0 };
	size_t columns = chunk_length(n, INT8_BLOCK, p->W->N);
	size_t K = deep(p->W->K);

	if (p->out->bias)
		memcpy(bias, p->out->bias + n, columns * sizeof *bias);
	p->unit->block(sums, p->q + m * K, K, p->W->panels + n * K, rows,
	               K / INT8_STEP);
	scale_sums(y, sums, p->scale + m, p->W->scale + n, p->W->sum + n, bias,
	           rows);
	if (p->out->activate)
		p->out->activate(y, y, rows * INT8_BLOCK);
	block_put(p->out, y, m, n, rows, columns);
}

static void
area_multiply(const struct product *p, size_t m, size_t rows, size_t n,
              size_t columns)
{
	if (p->unit->begin)
		p->unit->begin();
	for (size_t c = n; c < n + columns; c += INT8_BLOCK)
		for (size_t r = m; r < m + rows; r += INT8_BLOCK)
			block_multiply(p, r, c,
			               chunk_length(r, INT8_BLOCK, m + rows));
	if (p->unit->end)
		p->unit->end();
}

void
gemm_int8(const struct bf16_out *out, const struct int8_unit *unit,
          const float *A, size_t lda, const struct int8_matrix *W, size_t M,
          void *scratch)
{
	size_t N = W->N, K = W->K, across = (N + COLUMNS - 1) / COLUMNS;
	size_t down = (M + ROWS - 1) / ROWS;
	uint8_t *q = scratch;
	float *scale = (float *)(void *)(q + round_up(M) * deep(K));
	const struct product p = { out, unit, W, q, scale, M };

	#pragma omp parallel if (chunk_worth_products(M * N * K))
	{
		#pragma omp for schedule(static)
		for (size_t m = 0; m < M; m++)
			scale[m] = bytes_of(q + m * deep(K), A + m * lda, K);
		#pragma omp for schedule(dynamic)
		for (size_t i = 0; i < down * across; i++) {
			size_t m = i / across * ROWS, n = i % across * COLUMNS;

			area_multiply(&p, m, chunk_length(m, ROWS, M), n,
			              chunk_length(n, COLUMNS, N));
		}
	}
}
