/*
 * cache_folder.h - a folder of a test's own for model/cache.h
 */
#pragma once

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/xalloc.h"

static inline int
cache_begin(void **state)
{
	char *dir = xstrdup("/tmp/tunne-cache-XXXXXX");

	*state = mkdtemp(dir);
	return !*state || setenv("XDG_CACHE_HOME", dir, 1) != 0;
}

/* Deletes what is in it, too. */
static inline int
cache_end(void **state)
{
	char *folder = xasprintf("%s/tunne", (char *)*state);
	DIR *d = opendir(folder);

	for (struct dirent *e; d && (e = readdir(d));) {
		char *path = xasprintf("%s/%s", folder, e->d_name);

		if (e->d_name[0] != '.')
			unlink(path);
		free(path);
	}
	if (d)
		closedir(d);
	rmdir(folder);
	rmdir(*state);
	free(folder);
	free(*state);
	return 0;
}
