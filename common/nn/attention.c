#include <math.h>
#include <omp.h>
#include <stdbool.h>

#include "core/chunk.h"
#include "core/vector.h"
#include "gemm/gemm_bf16.h"
#include "nn/attention.h"
#include "nn/dropout.h"
#include "nn/relative_bias.h"
#include "nn/softmax.h"

/*
 * Queries are taken QUERIES at a time, so that scores are never more than
 * that many rows.  Each thread has two such blocks of scratch.
 */
enum { QUERIES = 128, BLOCKS = 2 };

/* One head. */
struct head {
	const float *q, *k, *v;   /* columns of qkv, ld floats a row */
	size_t T, D, ld;
	float scale;
	const float *gate;        /* one each heads floats */
	const float *relative;    /* of distance 0 */
	const uint8_t *mask;
	float share;
	size_t heads;
	const struct bf16_unit *unit;
	uint16_t *rounded;        /* this thread's; with unit */
};

static size_t
block_rows(size_t T)
{
	return T < QUERIES ? T : QUERIES;
}

static size_t
block_floats(size_t T)
{
	return block_rows(T) * T;
}

size_t
attention_scratch(size_t T)
{
	return (size_t)omp_get_max_threads() * BLOCKS * block_floats(T);
}

/* One thread's, of the products of a block: of each order there is one. */
static size_t
rounded_most(size_t T, size_t D)
{
	size_t rows = block_rows(T), most = gemm_rounded_scratch(rows, T, D);
	size_t n = gemm_rounded_scratch(rows, D, T);

	most = n > most ? n : most;
	n = gemm_rounded_scratch(T, D, rows);
	return n > most ? n : most;
}

size_t
attention_rounded(size_t T, size_t D)
{
	return (size_t)omp_get_max_threads() * rounded_most(T, D);
}

/* each: rounded_most, as it was outside the parallel region. */
static struct head
head_of(size_t h, const float *qkv, const struct attention_extra *extra,
        size_t T, size_t C, size_t heads, size_t each)
{
	size_t D = C / heads;
	struct head a = {
		.q = qkv + h * D, .k = qkv + C + h * D,
		.v = qkv + 2 * C + h * D, .T = T, .D = D, .ld = 3 * C,
		.scale = 1 / sqrtf((float)D), .heads = heads
	};

	if (extra && extra->gate) {
		a.gate = extra->gate + h;
		a.relative = extra->relative + h * (2 * T - 1) + T - 1;
	}
	if (extra && extra->mask) {
		a.mask = extra->mask + h * T * T;
		a.share = extra->share;
	}
	if (extra && extra->unit) {
		a.unit = extra->unit;
		a.rounded = extra->rounded +
			(size_t)omp_get_thread_num() * each;
	}
	return a;
}

/* As gemm; beta is 0 or 1. */
static void
multiply(const struct head *a, enum gemm_side left, enum gemm_side right,
         size_t M, size_t N, size_t K, float alpha, const float *A,
         size_t lda, const float *B, size_t ldb, float beta, float *C,
         size_t ldc)
{
	const struct bf16_out out = {
		.y = C, .ldy = ldc, .residual = beta > 0 ? C : NULL, .ldr = ldc
	};

	if (a->unit)
		gemm_rounded(&out, a->unit, left, right, M, N, K, alpha, A,
		             lda, B, ldb, a->rounded);
	else
		gemm(left, right, M, N, K, alpha, A, lda, B, ldb, beta, C,
		     ldc);
}

/* p [rows,T]: of queries from t on. */
static void
weigh(float *p, const struct head *a, size_t t, size_t rows)
{
	multiply(a, GEMM_PLAIN, GEMM_TRANSPOSED, rows, a->T, a->D,
	         a->scale, a->q + t * a->ld, a->ld, a->k, a->ld, 0, p, a->T);
	if (a->gate)
		relative_scores_add(p, a->gate + t * a->heads, a->heads,
		                    a->relative, t, rows, a->T, a->T);
	softmax_forward(p, p, rows, a->T);
}

/* p itself, or in scratch what dropout leaves of it. */
static const float *
thin(float *scratch, const float *p, const struct head *a, size_t t,
     size_t rows)
{
	if (!a->mask)
		return p;
	dropout_forward(scratch, p, a->mask + t * a->T, a->share,
	                rows * a->T);
	return scratch;
}

void
attention_forward(float *out, float *probability, float *scratch,
                  const float *qkv, const struct attention_extra *extra,
                  size_t T, size_t C, size_t heads)
{
	size_t blocks = (T + QUERIES - 1) / QUERIES;
	size_t each = rounded_most(T, C / heads);

	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth_products(T * T * C))
	for (size_t i = 0; i < heads * blocks; i++) {
		size_t h = i / blocks, t = i % blocks * QUERIES;
		size_t rows = T - t < QUERIES ? T - t : QUERIES;
		struct head a = head_of(h, qkv, extra, T, C, heads, each);
		float *own = scratch + (size_t)omp_get_thread_num() *
			BLOCKS * block_floats(T);
		float *p = probability ? probability + (h * T + t) * T : own;

		weigh(p, &a, t, rows);
		multiply(&a, GEMM_PLAIN, GEMM_PLAIN, rows, a.D, T, 1,
		         thin(own + block_floats(T), p, &a, t, rows), T,
		         a.v, a.ld, 0, out + t * C + h * a.D, C);
	}
}

/* From the gradient ds of scores [rows,T], queries from t on. */
VECTORISED static void
relative_backward(float *restrict dgate, float *restrict drelative,
                  const float *restrict ds, const float *gate, size_t step,
                  const float *relative, size_t t, size_t rows, size_t T)
{
	for (size_t i = 0; i < rows; i++, ds += T) {
		const float *r = relative - (t + i);
		float *dr = drelative - (t + i), g = gate[i * step], sum = 0;

		#pragma omp simd reduction(+:sum)
		for (size_t k = 0; k < T; k++) {
			sum += ds[k] * r[k];
			dr[k] += g * ds[k];
		}
		dgate[i * step] += sum;
	}
}

/*
 * Through out = thinned p v, then dropout, then the softmax; returns the
 * gradient of the scores, in scratch.
 */
static float *
weigh_backward(float *dv, float *scratch, const float *d, size_t C,
               const float *p, const struct head *a, size_t t, size_t rows)
{
	float *ds = scratch, *other = scratch + block_floats(a->T);

	multiply(a, GEMM_TRANSPOSED, GEMM_PLAIN, a->T, a->D, rows, 1,
	         thin(other, p, a, t, rows), a->T, d, C, 1, dv, a->ld);
	multiply(a, GEMM_PLAIN, GEMM_TRANSPOSED, rows, a->T, a->D, 1, d, C,
	         a->v, a->ld, 0, ds, a->T);
	if (a->mask)
		dropout_forward(ds, ds, a->mask + t * a->T, a->share,
		                rows * a->T);
	softmax_backward(ds, ds, p, rows, a->T);
	return ds;
}

void
attention_backward(float *dqkv, float *dgate, float *drelative,
                   float *scratch, const float *dout, const float *qkv,
                   const float *probability,
                   const struct attention_extra *extra,
                   size_t T, size_t C, size_t heads)
{
	size_t each = rounded_most(T, C / heads);

	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth_products(T * T * C))
	for (size_t h = 0; h < heads; h++) {
		struct head a = head_of(h, qkv, extra, T, C, heads, each);
		float *own = scratch + (size_t)omp_get_thread_num() *
			BLOCKS * block_floats(T);
		float *dq = dqkv + h * a.D, *dk = dq + C, *dv = dk + C, *ds;

		for (size_t t = 0; t < T; t += QUERIES) {
			size_t rows = T - t < QUERIES ? T - t : QUERIES;

			ds = weigh_backward(dv, own, dout + t * C + h * a.D, C,
			                    probability + (h * T + t) * T,
			                    &a, t, rows);
			multiply(&a, GEMM_PLAIN, GEMM_PLAIN, rows, a.D, T,
			         a.scale, ds, T, a.k, a.ld, 1, dq + t * a.ld,
			         a.ld);
			multiply(&a, GEMM_TRANSPOSED, GEMM_PLAIN, T, a.D,
			         rows, a.scale, ds, T, a.q + t * a.ld, a.ld,
			         1, dk, a.ld);
			if (a.gate)
				relative_backward(dgate + t * heads + h,
				                  drelative + (2 * T - 1) * h
				                  + T - 1, ds,
				                  a.gate + t * heads, heads,
				                  a.relative, t, rows, T);
		}
	}
}
