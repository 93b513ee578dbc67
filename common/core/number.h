/*
 * number.h - convert text to numbers, strictly
 *
 * Each returns false, and leaves *value unchanged, unless the whole text is a
 * number in range: no trailing characters, no spaces, no NaN or infinity.
 */
#pragma once

#include <stdbool.h>

bool number_integer(const char *text, long *value);
bool number_real(const char *text, double *value);
