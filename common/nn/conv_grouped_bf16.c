#include <omp.h>
#include <string.h>

#include "core/chunk.h"
#include "gemm/bf16_native.h"
#include "nn/conv_grouped_bf16.h"

/*
 * Of each group the rows are copied, rounded, with zeros before and after them,
 * so that windows of k are rows that overlap: A of one product.
 */
static size_t
windows_length(size_t T, size_t I, size_t k)
{
	return (bf16_round_up(T) + k) * I;
}

/* Room to pack such rows, which only odd sizes need. */
static size_t
packing_length(size_t T, size_t I, size_t k)
{
	return k * I % BF16_BLOCK ? gemm_bf16_scratch(T, k * I) : 0;
}

size_t
conv_grouped_bf16_packed(size_t C, size_t groups, size_t k)
{
	size_t I = C / groups;

	return groups * bf16_packed_length(I, k * I);
}

void
conv_grouped_bf16_pack(uint16_t *packed, const float *weight, size_t C,
                       size_t groups, size_t k)
{
	size_t I = C / groups;

	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth(C * k * I))
	for (size_t g = 0; g < groups; g++)
		bf16_pack(packed + g * bf16_packed_length(I, k * I),
		          weight + g * I * k * I, k * I, I, k * I);
}

size_t
conv_grouped_bf16_scratch(size_t T, size_t C, size_t groups, size_t k)
{
	size_t I = C / groups;

	return (size_t)omp_get_max_threads() *
		(windows_length(T, I, k) + packing_length(T, I, k));
}

/* windows from x [T,I], rows C apart. */
static void
windows_round(uint16_t *windows, const float *x, size_t before, size_t T,
              size_t C, size_t I, size_t k)
{
	memset(windows, 0, windows_length(T, I, k) * sizeof *windows);
	for (size_t t = 0; t < T; t++)
		bf16_round(windows + (before + t) * I, x + t * C, I, 1);
}

/* One group, in one thread; out is the group's. */
static void
convolve(const struct bf16_out *out, const struct bf16_unit *unit,
         uint16_t *own, const float *x, const uint16_t *packed,
         size_t before, size_t T, size_t C, size_t I, size_t k)
{
	const struct bf16_in windows = { .half = own, .ld = I };

	windows_round(own, x, before, T, C, I, k);
	gemm_bf16(out, unit, &windows, packed, T, I, k * I,
	          packing_length(T, I, k) ? own + windows_length(T, I, k)
	                                  : NULL);
}

/* What is done to the whole, to the channels from c on. */
static struct bf16_out
out_from(const struct bf16_out *out, size_t c)
{
	struct bf16_out part = *out;

	part.y = out->y ? out->y + c : NULL;
	part.half = out->half ? out->half + c : NULL;
	part.before = out->before ? out->before + c : NULL;
	part.bias = out->bias ? out->bias + c : NULL;
	part.residual = out->residual ? out->residual + c : NULL;
	return part;
}

void
conv_grouped_bf16_forward(const struct bf16_out *out,
                          const struct bf16_unit *unit, uint16_t *scratch,
                          const float *x, const uint16_t *packed,
                          size_t T, size_t C, size_t groups, size_t k)
{
	size_t I = C / groups;
	size_t each = windows_length(T, I, k) + packing_length(T, I, k);

	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth_products(T * k * C * I))
	for (size_t c = 0; c < C; c += I) {
		const struct bf16_out part = out_from(out, c);

		convolve(&part, unit, scratch + (size_t)omp_get_thread_num() *
		         each, x + c, packed + c / I *
		         bf16_packed_length(I, k * I), k / 2, T, C, I, k);
	}
}

/*
 * y [I,k,I]: taps in the opposite order, and inputs for outputs.  By way of a
 * tap's tile [I,I]: its rows in either array are too far apart for the cache.
 */
static void
weight_turn(float *y, float *tile, const float *weight, size_t I, size_t k)
{
	for (size_t j = 0; j < k; j++) {
		for (size_t c = 0; c < I; c++)
			for (size_t i = 0; i < I; i++)
				tile[i * I + c] = weight[(c * k + j) * I + i];
		for (size_t i = 0; i < I; i++)
			memcpy(y + (i * k + k - 1 - j) * I, tile + i * I,
			       I * sizeof *y);
	}
}

void
conv_grouped_bf16_pack_back(uint16_t *packed, const float *weight,
                            struct bf16_space *space, size_t C,
                            size_t groups, size_t k)
{
	size_t I = C / groups, n = I * k * I, each = n + I * I;
	float *turned = arena_floats(&space->arena, each *
	                             (size_t)omp_get_max_threads());

	#pragma omp parallel for schedule(dynamic) if (chunk_worth(C * k * I))
	for (size_t g = 0; g < groups; g++) {
		float *own = turned + (size_t)omp_get_thread_num() * each;

		weight_turn(own, own + n, weight + g * n, I, k);
		bf16_pack(packed + g * bf16_packed_length(I, k * I), own,
		          k * I, I, k * I);
	}
	arena_clear(&space->arena);
}

/* One thread's arrays of backward, in a block. */
struct own {
	float *padded;            /* [T + k - 1,I]: x with zeros around it */
	uint16_t *windows;        /* of dy, and room to pack them */
	uint16_t *packed;         /* windows of x */
	uint16_t *packing;
};

static struct own
own_take(struct arena *a, size_t T, size_t I, size_t k)
{
	return (struct own){
		.padded = arena_floats(a, (T + k) * I),
		.windows = arena_halves(a, windows_length(T, I, k) +
		                        packing_length(T, I, k)),
		.packed = arena_halves(a, bf16_packed_length(k * I, T)),
		.packing = arena_halves(a, gemm_bf16_scratch(I, T))
	};
}

/*
 * dx[s,i] = sum_j sum_o weight[o,j,i] dy[s - j + k/2, o]: the same convolution,
 * of dy, with taps in the opposite order and the sides of the weight swapped.
 */
static void
dx_add(float *dx, const struct own *o, const struct bf16_unit *unit,
       const float *dy, const uint16_t *packed, size_t T, size_t C, size_t I,
       size_t k)
{
	const struct bf16_out out = {
		.y = dx, .ldy = C, .residual = dx, .ldr = C
	};

	convolve(&out, unit, o->windows, dy, packed, k - 1 - k / 2, T, C, I,
	         k);
}

/* dweight[o,j,i] = sum_t dy[t,o] x[t + j - k/2, i] */
static void
dweight_add(float *dweight, const struct own *o,
            const struct bf16_unit *unit, const float *dy, const float *x,
            size_t T, size_t C, size_t I, size_t k)
{
	const struct bf16_in gradient = {
		.x = dy, .ld = C, .alpha = 1, .turned = true
	};
	const struct bf16_out out = {
		.y = dweight, .ldy = k * I, .residual = dweight, .ldr = k * I
	};

	memset(o->padded, 0, (T + k) * I * sizeof *o->padded);
	for (size_t t = 0; t < T; t++)
		memcpy(o->padded + (k / 2 + t) * I, x + t * C,
		       I * sizeof *o->padded);
	bf16_pack_across(o->packed, o->padded, I, k * I, T);
	gemm_bf16(&out, unit, &gradient, o->packed, I, k * I, T, o->packing);
}

void
conv_grouped_bf16_backward(float *dx, float *dweight, float *dbias,
                           const float *dy, const float *x,
                           const uint16_t *packed, struct bf16_space *space,
                           size_t T, size_t C, size_t groups, size_t k)
{
	size_t I = C / groups, threads = (size_t)omp_get_max_threads();
	struct own *own = arena_take(&space->arena, threads, sizeof *own);

	for (size_t i = 0; i < threads; i++)
		own[i] = own_take(&space->arena, T, I, k);
	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth_products(T * k * C * I))
	for (size_t c = 0; c < C; c += I) {
		const struct own *o = &own[omp_get_thread_num()];

		if (dx)
			dx_add(dx + c, o, space->unit, dy + c, packed +
			       c / I * bf16_packed_length(I, k * I), T, C, I,
			       k);
		dweight_add(dweight + c * k * I, o, space->unit, dy + c,
		            x + c, T, C, I, k);
		for (size_t t = 0; t < T; t++)
			for (size_t i = 0; i < I; i++)
				dbias[c + i] += dy[t * C + c + i];
	}
	arena_clear(&space->arena);
}
