/*
 * number.h - text to numbers, whole or not at all
 *
 * Each returns false, and leaves *value alone, unless all of text is a number
 * that fits: no trailing characters, no spaces, no NaN or infinity.
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>

bool number_integer(const char *text, long *value);
bool number_real(const char *text, double *value);

#endif
