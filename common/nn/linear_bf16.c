#include "gemm/gemm_bf16.h"
#include "nn/linear.h"
#include "nn/linear_bf16.h"

/* A times packed, which is in space; gives the room back. */
static void
multiply(const struct bf16_out *out, struct bf16_space *s,
         const struct bf16_in *A, const uint16_t *packed,
         size_t M, size_t N, size_t K)
{
	gemm_bf16(out, s->unit, A, packed, M, N, K,
	          arena_halves(&s->arena, gemm_bf16_scratch(M, K)));
	arena_clear(&s->arena);
}

void
linear_bf16_forward(const struct bf16_out *out, const struct bf16_in *x,
                    const float *weight, size_t N, size_t I, size_t O,
                    struct bf16_space *s)
{
	uint16_t *packed = arena_halves(&s->arena, bf16_packed_length(O, I));

	bf16_pack(packed, weight, I, O, I);
	multiply(out, s, x, packed, N, O, I);
}

/* dx = dy weight, added to it unless it is fresh. */
static void
dx_find(float *dx, size_t lddx, bool fresh, const float *dy, size_t lddy,
        const float *weight, size_t N, size_t I, size_t O,
        struct bf16_space *s)
{
	const struct bf16_out out = {
		.y = dx, .ldy = lddx, .residual = fresh ? NULL : dx,
		.ldr = lddx
	};

	gemm_rounded(&out, s->unit, GEMM_PLAIN, GEMM_PLAIN, N, I, O, 1, dy,
	             lddy, weight, I,
	             arena_halves(&s->arena, gemm_rounded_scratch(N, I, O)));
	arena_clear(&s->arena);
}

/* dweight += dy^T x */
static void
dweight_add(float *dweight, const float *dy, size_t lddy,
            const struct bf16_in *x, size_t N, size_t I, size_t O,
            struct bf16_space *s)
{
	const struct bf16_in in = {
		.x = dy, .ld = lddy, .alpha = 1, .turned = true
	};
	const struct bf16_out out = {
		.y = dweight, .ldy = I, .residual = dweight, .ldr = I
	};
	uint16_t *packed = arena_halves(&s->arena, bf16_packed_length(I, N));

	if (x->half)
		bf16_pack_columns(packed, x->half, x->ld, I, N);
	else
		bf16_pack_across(packed, x->x, x->ld, I, N);
	multiply(&out, s, &in, packed, O, I, N);
}

void
linear_bf16_backward(float *dx, size_t lddx, bool fresh,
                     float *dweight, float *dbias,
                     const float *dy, size_t lddy, const struct bf16_in *x,
                     const float *weight, size_t N, size_t I, size_t O,
                     struct bf16_space *s)
{
	if (dx)
		dx_find(dx, lddx, fresh, dy, lddy, weight, N, I, O, s);
	if (dweight)
		dweight_add(dweight, dy, lddy, x, N, I, O, s);
	linear_backward_from(NULL, 0, NULL, dbias, dy, lddy, NULL, 0, NULL, N,
	                     I, O);
}
