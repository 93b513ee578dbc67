#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "core/number.h"

bool
number_integer(const char *text, long *value)
{
	char *end;
	long n;

	if (isspace((unsigned char)*text))
		return false;
	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end || errno)
		return false;
	*value = n;
	return true;
}

bool
number_real(const char *text, double *value)
{
	char *end;
	double x;

	if (isspace((unsigned char)*text))
		return false;
	x = strtod(text, &end);
	if (end == text || *end || !isfinite(x))
		return false;
	*value = x;
	return true;
}
