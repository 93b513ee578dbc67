/*
 * precision.h - what a network's matrices are multiplied in
 */
#ifndef PRECISION_H
#define PRECISION_H

#include <stdbool.h>

/* AUTO: BF16 where that is faster.  A compact student's are always FP32. */
enum precision { PRECISION_FP32, PRECISION_BF16, PRECISION_AUTO };

/* As a choice of options, in that order. */
#define PRECISIONS "fp32|bf16|auto"

/* Is it bfloat16, here? */
bool precision_rounds(enum precision precision);

#endif
