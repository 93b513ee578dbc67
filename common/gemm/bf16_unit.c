#include <string.h>

#include "gemm/bf16_unit.h"

const struct bf16_unit *
bf16_unit_find(const char *name)
{
	const struct bf16_unit *const unit[] = {
		&bf16_amx, &bf16_avx512, &bf16_plain
	};

	for (size_t i = 0; i < sizeof unit / sizeof unit[0]; i++)
		if ((!name || strcmp(name, unit[i]->name) == 0) &&
		    unit[i]->present())
			return unit[i];
	return NULL;
}

bool
bf16_unit_fast(const struct bf16_unit *unit)
{
	return unit->fast && unit->fast();
}
