/*
 * least_norm.h - the convex combination of vectors that has the least norm
 *
 * Computes weights a [n] of vectors g_k:
 *
 *	argmin over a of |sum_k a_k g_k|^2, sum_k a_k = 1, 0 <= a_k <= bound
 *
 * from their inner products G [n,n], <g_k, g_j>; one of them where several are
 * minimal.  A bound under 1 / n counts as 1 / n.
 */
#pragma once

#include <stddef.h>

void least_norm(double *a, const double *G, size_t n, double bound);
