#include <string.h>

#include "gemm/int8_unit.h"

const struct int8_unit *
int8_unit_find(const char *name)
{
	const struct int8_unit *const unit[] = {
		&int8_amx, &int8_vnni, &int8_avx2, &int8_plain
	};

	for (size_t i = 0; i < sizeof unit / sizeof unit[0]; i++)
		if ((!name || strcmp(name, unit[i]->name) == 0) &&
		    unit[i]->present())
			return unit[i];
	return NULL;
}
