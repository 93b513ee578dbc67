#include <sys/stat.h>

#include "core/same_file.h"

static bool
same(const struct stat *x, const struct stat *y)
{
	return x->st_dev == y->st_dev && x->st_ino == y->st_ino;
}

bool
same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && same(&x, &y);
}

bool
same_file_open(int descriptor, const char *name)
{
	struct stat x, y;

	return fstat(descriptor, &x) == 0 && stat(name, &y) == 0 &&
	       same(&x, &y);
}
