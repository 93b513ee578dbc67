/*
 * linear_bf16.h - a linear layer for training, with products in bfloat16
 *
 * Weights and gradients are floats; each product rounds and packs both sides,
 * and sums in float.  Activations may be rounded already: the result is the
 * same.
 */
#pragma once

#include "core/arena.h"
#include "gemm/gemm_bf16.h"

/* The unit that multiplies, and room for both sides; calls share it in turn. */
struct bf16_space {
	const struct bf16_unit *unit;
	struct arena arena;       /* the caller releases it */
};

/* x weight^T, to where out says; x [N,I] has no norm.  weight [O,I] */
void linear_bf16_forward(const struct bf16_out *out, const struct bf16_in *x,
                         const float *weight, size_t N, size_t I, size_t O,
                         struct bf16_space *space);

/*
 * As linear_backward_from; but a fresh dx is overwritten, not added to.
 */
void linear_bf16_backward(float *dx, size_t lddx, bool fresh,
                          float *dweight, float *dbias,
                          const float *dy, size_t lddy,
                          const struct bf16_in *x, const float *weight,
                          size_t N, size_t I, size_t O,
                          struct bf16_space *space);
