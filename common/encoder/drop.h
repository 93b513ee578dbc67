/*
 * drop.h - dropout inside a network, and the chance it draws from
 */
#pragma once

#include "core/rng.h"
#include "encoder/pass.h"

/* A stream of chance for one part of the network in one training step. */
struct rng
encoder_chance(const struct encoder_rows *rows, const char *part, size_t n);

/* Is anything dropped at this share, in this pass? */
bool encoder_drops(const struct encoder_rows *rows, float share);

/*
 * Drops out of x [n] in place while training.  Returns the mask, in the
 * arena, or NULL where nothing was dropped.
 */
uint8_t *
encoder_drop(float *x, size_t n, float share, const struct encoder_rows *rows,
             struct rng *rng, struct arena *arena);

/* The gradient before dropout; dy itself where nothing was dropped. */
const float *encoder_undrop(const float *dy, const uint8_t *mask, float share,
                            size_t n, struct arena *arena);
