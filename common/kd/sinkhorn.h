/*
 * sinkhorn.h - optimal transport between n and n points, with an entropy term
 *
 *	OT = min over P, rows and columns of which sum to 1/n, of
 *	     sum_ij P_ij C_ij + e KL(P || 1/n^2)
 *	   = max over f, g of mean(f) + mean(g), where
 *	     P_ij = exp((f_i + g_j - C_ij) / e) / n^2
 *
 * Sinkhorn iterations (Cuturi 2013), with e falling from the largest cost, come
 * near the optimum; Newton steps, with g as a function of f, reach it.
 */
#pragma once

#include <stddef.h>

#include "core/arena.h"

/* Returns OT of the costs C [n,n], none below 0, and replaces C by P. */
double sinkhorn(double *C, size_t n, double e, struct arena *arena);
