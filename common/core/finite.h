/*
 * finite.h - check floats for NaN and infinity
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether none of x [n] is NaN or infinite. */
bool floats_finite(const float *x, size_t n);
