/* linear.h - a linear layer, forward and backward */
#pragma once

#include <stddef.h>

/*
 * y = x weight^T + bias
 *
 * y [N,O]   x: N rows of I floats, ldx >= I from one to the next
 * weight [O,I]   bias [O], or NULL for none
 */
void linear_forward(float *y, const float *x, size_t ldx,
                    const float *weight, const float *bias,
                    size_t N, size_t I, size_t O);

/*
 * The same for rows that may be few.  BLAS adds those up in another order: an
 * utterance of few rows would give other bits alone than beside others.
 */
void linear_forward_few(float *y, const float *x, size_t ldx,
                        const float *weight, const float *bias,
                        size_t N, size_t I, size_t O);

/*
 * Adds to dx, dweight [O,I] and dbias [O], each of which may be NULL.
 * dx: N rows of I floats, lddx >= I from one to the next.
 */
void linear_backward(float *dx, size_t lddx, float *dweight, float *dbias,
                     const float *dy, const float *x, size_t ldx,
                     const float *weight, size_t N, size_t I, size_t O);

/*
 * Both with gaps: rows of y and dy are ldy and lddy >= O floats apart, like the
 * queries in [N,3C] of queries, keys and values.
 */
void linear_forward_into(float *y, size_t ldy, const float *x, size_t ldx,
                         const float *weight, const float *bias,
                         size_t N, size_t I, size_t O);
void linear_backward_from(float *dx, size_t lddx,
                          float *dweight, float *dbias,
                          const float *dy, size_t lddy,
                          const float *x, size_t ldx, const float *weight,
                          size_t N, size_t I, size_t O);
