/*
 * precision.h - the number format of a network's products
 */
#ifndef PRECISION_H
#define PRECISION_H

#include <stdbool.h>

/* AUTO: BF16 where it is faster.  Compact students always use FP32. */
enum precision { PRECISION_FP32, PRECISION_BF16, PRECISION_AUTO };

/* The choices of an option, in that order. */
#define PRECISIONS "fp32|bf16|auto"

/* Is it bfloat16 on this processor? */
bool precision_rounds(enum precision precision);

#endif
