/* weightnorm.h - weight normalisation of a convolution */
#pragma once

#include <stddef.h>

/*
 * A convolution's weight as a length and a direction for each tap (Salimans
 * and Kingma 2016; torch's weight_norm with dim 2), in nn/conv_grouped's
 * order of taps before channels:
 *
 *	weight[o,j,i] = g[j] v[o,i,j] / |v[:,:,j]|
 *
 * weight [O,k,I]   g [k]   v [O,I,k], as in the file
 */
void weightnorm_forward(float *weight, const float *g, const float *v,
                        size_t O, size_t I, size_t k);

/* Adds to dg [k] and dv [O,I,k]. */
void weightnorm_backward(float *dg, float *dv, const float *dweight,
                         const float *g, const float *v,
                         size_t O, size_t I, size_t k);
