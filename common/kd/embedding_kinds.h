/*
 * embedding_kinds.h - embedding_loss.c's own: the losses, one a file
 *
 * x [n,D] are the student's embeddings, y [n,E] the teacher's; n is over 1.
 * Each returns the loss and adds its gradient to dx.
 */
#ifndef EMBEDDING_KINDS_H
#define EMBEDDING_KINDS_H

#include "kd/embedding_loss.h"

double rkd_apply(double *dx, const double *x, size_t D, const double *y,
                 size_t E, size_t n, struct arena *arena);
double sp_apply(double *dx, const double *x, size_t D, const double *y,
                size_t E, size_t n, struct arena *arena);
double ot_apply(double *dx, const double *x, size_t D, const double *y,
                size_t E, size_t n, struct arena *arena);

/* G = x x' [n,n] of x [n,D] */
void gram_forward(double *G, const double *x, size_t n, size_t D);

/* Adds (dG + dG') x to dx. */
void gram_backward(double *dx, const double *dG, const double *x, size_t n,
                   size_t D);

#endif
