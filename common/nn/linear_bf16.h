/*
 * linear_bf16.h - a linear layer in training, its products in bfloat16
 *
 * Weights and gradients are floats; each product rounds and packs both of its
 * sides, and adds up in float.  Activations may have been rounded before: what
 * comes of them is the same.
 */
#ifndef LINEAR_BF16_H
#define LINEAR_BF16_H

#include "core/arena.h"
#include "gemm/gemm_bf16.h"

/* What multiplies, and room for both sides; all calls may share it in turn. */
struct bf16_space {
	const struct bf16_unit *unit;
	struct arena arena;       /* its caller's to release */
};

/* x weight^T, and then what out says; x [N,I] has no norm.  weight [O,I] */
void linear_bf16_forward(const struct bf16_out *out, const struct bf16_in *x,
                         const float *weight, size_t N, size_t I, size_t O,
                         struct bf16_space *space);

/*
 * As linear_backward_from, but that a fresh dx, whatever it holds, is written
 * instead of added to.
 */
void linear_bf16_backward(float *dx, size_t lddx, bool fresh,
                          float *dweight, float *dbias,
                          const float *dy, size_t lddy,
                          const struct bf16_in *x, const float *weight,
                          size_t N, size_t I, size_t O,
                          struct bf16_space *space);

#endif
