/*
 * rng.h - seeded random numbers, the same on every machine
 *
 * xoshiro256** of Blackman and Vigna (2018), seeded through splitmix64.
 * There is no hidden state: callers own a struct rng.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct rng { uint64_t state[4]; };

void rng_init(struct rng *r, uint64_t seed);

/* A separate stream for each seed and key, such as an utterance's id. */
void rng_init_keyed(struct rng *r, uint64_t seed, const char *key);

uint64_t rng_next(struct rng *r);
float rng_uniform(struct rng *r);                     /* [0, 1) */
float rng_between(struct rng *r, float low, float high);
float rng_normal(struct rng *r);                      /* mean 0, variance 1 */
size_t rng_below(struct rng *r, size_t n);            /* 0 … n-1; n > 0 */
