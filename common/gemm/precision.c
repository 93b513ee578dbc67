#include "gemm/bf16_unit.h"
#include "gemm/precision.h"

bool
precision_rounds(enum precision precision)
{
	return precision == PRECISION_BF16 ||
	       (precision == PRECISION_AUTO &&
	        bf16_unit_fast(bf16_unit_find(NULL)));
}
