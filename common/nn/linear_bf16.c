#include "core/half.h"
#include "core/vector.h"
#include "nn/chunk.h"
#include "nn/linear.h"
#include "nn/linear_bf16.h"

enum { TURNED = 32 };         /* rows and columns that are turned at once */

/* x [rows,columns], ld floats apart, rounded. */
static uint16_t *
round_rows(const float *x, size_t ld, size_t rows, size_t columns,
           struct arena *arena)
{
	uint16_t *y = arena_halves(arena, rows * columns);

	#pragma omp parallel for schedule(dynamic, TURNED) \
	        if (chunk_worth(rows * columns))
	for (size_t r = 0; r < rows; r++)
		bfloat_from_floats(y + r * columns, x + r * ld, columns);
	return y;
}

/* y [columns,rows], ld apart, of a small part of x. */
VECTORISED static void
turn(uint16_t *y, size_t ldy, const float *x, size_t ldx, size_t rows,
     size_t columns)
{
	for (size_t c = 0; c < columns; c++)
		for (size_t r = 0; r < rows; r++)
			y[c * ldy + r] = bfloat_from_float(x[r * ldx + c]);
}

/* x transposed, [columns,rows], rounded. */
static uint16_t *
round_columns(const float *x, size_t ld, size_t rows, size_t columns,
              struct arena *arena)
{
	uint16_t *y = arena_halves(arena, rows * columns);

	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth(rows * columns))
	for (size_t c = 0; c < columns; c += TURNED)
		for (size_t r = 0; r < rows; r += TURNED)
			turn(y + c * rows + r, rows, x + r * ld + c, ld,
			     chunk_length(r, TURNED, rows),
			     chunk_length(c, TURNED, columns));
	return y;
}

/* The product of A [M,K] and a packed B [N,K], as out says. */
static void
multiply(const struct bf16_out *out, const uint16_t *A,
         const uint16_t *packed, size_t M, size_t N, size_t K,
         struct bf16_space *s)
{
	gemm_bf16(out, s->unit, A, K, packed, M, N, K,
	          arena_halves(&s->arena, gemm_bf16_scratch(M, K)));
	arena_clear(&s->arena);
}

static uint16_t *
packed_take(size_t N, size_t K, struct arena *arena)
{
	return arena_halves(arena, bf16_packed_length(N, K));
}

void
linear_bf16_forward(float *y, size_t ldy, const float *x, size_t ldx,
                    const float *weight, const float *bias,
                    size_t N, size_t I, size_t O, struct bf16_space *s)
{
	const struct bf16_out out = { .y = y, .ldy = ldy, .bias = bias };
	uint16_t *packed = packed_take(O, I, &s->arena);

	bf16_pack(packed, weight, I, O, I);
	multiply(&out, round_rows(x, ldx, N, I, &s->arena), packed, N, O, I,
	         s);
}

void
linear_bf16_backward(float *dx, size_t lddx, float *dweight, float *dbias,
                     const float *dy, size_t lddy,
                     const float *x, size_t ldx, const float *weight,
                     size_t N, size_t I, size_t O, struct bf16_space *s)
{
	uint16_t *packed;

	if (dx) {
		const struct bf16_out out = {
			.y = dx, .ldy = lddx, .residual = dx, .ldr = lddx
		};

		packed = packed_take(I, O, &s->arena);
		bf16_pack_across(packed, weight, I, I, O);
		multiply(&out, round_rows(dy, lddy, N, O, &s->arena), packed,
		         N, I, O, s);
	}
	if (dweight) {
		const struct bf16_out out = {
			.y = dweight, .ldy = I, .residual = dweight, .ldr = I
		};

		packed = packed_take(I, N, &s->arena);
		bf16_pack_across(packed, x, ldx, I, N);
		multiply(&out, round_columns(dy, lddy, N, O, &s->arena),
		         packed, O, I, N, s);
	}
	linear_backward_from(NULL, 0, NULL, dbias, dy, lddy, NULL, 0, NULL, N,
	                     I, O);
}
