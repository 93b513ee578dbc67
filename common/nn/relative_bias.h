/*
 * relative_bias.h - WavLM's bias of attention by distance (Chen et al. 2022)
 *
 * Distances key - query fall into buckets, half of them for later keys.  Near
 * distances have a bucket each; far ones share buckets by their logarithm; the
 * last bucket takes all that are farther.  A head has a value for each bucket,
 * which a gate of the query's row multiplies.
 */
#pragma once

#include <stddef.h>

/* The bucket of a distance; the logarithm ends at farthest. */
size_t relative_bucket(ptrdiff_t distance, size_t buckets, size_t farthest);

/*
 * relative [heads,2T-1]: for distances from -(T-1) to T-1
 * embed [buckets,heads]
 */
void relative_bias_forward(float *relative, const float *embed, size_t T,
                           size_t heads, size_t buckets, size_t farthest);

/*
 * score[i,k] += gate[i * step] relative[k - t - i], for queries from t on.
 * score [rows,T], ld apart   relative: of distance 0
 */
void relative_scores_add(float *score, const float *gate, size_t step,
                         const float *relative, size_t t, size_t rows,
                         size_t T, size_t ld);

/* Adds to dembed [buckets,heads]. */
void relative_bias_backward(float *dembed, const float *drelative, size_t T,
                            size_t heads, size_t buckets, size_t farthest);

/*
 * For each row and head, from the head's D = C / heads channels of x:
 *
 *	u = weight x + bias
 *	a = sigmoid(u[0] + ... + u[3]),  b = sigmoid(u[4] + ... + u[7])
 *	gate = a (b scale - 1) + 2
 *
 * gate [T,heads]   x [T,C]: the input of the attention's linear layer
 * weight [8,D], bias [8]: shared by the heads   scale [heads]
 */
void relative_gate_forward(float *gate, const float *x, const float *weight,
                           const float *bias, const float *scale,
                           size_t T, size_t C, size_t heads);

/* Adds to dx [T,C], dweight [8,D], dbias [8] and dscale [heads]. */
void relative_gate_backward(float *dx, float *dweight, float *dbias,
                            float *dscale, const float *dgate,
                            const float *x, const float *weight,
                            const float *bias, const float *scale,
                            size_t T, size_t C, size_t heads);
