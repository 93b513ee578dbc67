/*
 * sinkhorn.h - the cheapest plan that is not too sure of itself
 *
 *	OT = min over P, rows and columns of which sum to 1/n, of
 *	     sum_ij P_ij C_ij + e KL(P || 1/n^2)
 *	   = max over f, g of mean(f) + mean(g), where
 *	     P_ij = exp((f_i + g_j - C_ij) / e) / n^2
 *
 * Sinkhorn's rounds (Cuturi 2013), with e coming down from the largest cost,
 * come near; Newton's steps, for which g is a function of f, come to the end.
 */
#ifndef SINKHORN_H
#define SINKHORN_H

#include <stddef.h>

#include "core/arena.h"

/* Returns OT of the costs C [n,n], none below 0, and puts P in their place. */
double sinkhorn(double *C, size_t n, double e, struct arena *arena);

#endif
