/*
 * adamw.h - Adam with decoupled weight decay (Loshchilov and Hutter, 2019)
 *
 *	m = b1 m + (1 - b1) g            v = b2 v + (1 - b2) g^2
 *	x = x - rate (m / (1 - b1^step) / (sqrt(v / (1 - b2^step)) + eps)
 *	              + decay x)
 */
#pragma once

#include <stddef.h>

struct adamw {
	float rate, beta1, beta2, epsilon, decay;
};

/* x, m, v [n]; the gradient is scale g [n].  step counts from 1. */
void adamw_step(float *x, float *m, float *v, const float *g, float scale,
                size_t n, size_t step, const struct adamw *o);

/* Linear from 0 over warmup steps, then a cosine down to 0 at total. */
float schedule_rate(float peak, size_t step, size_t warmup, size_t total);

/* The Euclidean norm of g [n]. */
float gradient_norm(const float *g, size_t n);

/* The factor that limits a norm; 1 where it is small enough or limit is 0. */
float clip_scale(float norm, float limit);

/* average += (1 - decay) (x - average), decay smaller in the first steps. */
void average_step(float *average, const float *x, size_t n, size_t step,
                  float decay);
