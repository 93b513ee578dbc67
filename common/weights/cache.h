/*
 * cache.h - keeps data that take long to compute in files of the user's cache
 *
 * A file for each name in $XDG_CACHE_HOME/tunne, or ~/.cache/tunne; any of them
 * may be deleted at any time.  Where nothing can be written, the data are
 * computed again next time.
 */
#pragma once

#include <stddef.h>

enum { CACHE_KEY_MAX = 4096 };

struct cached {
	void *mapping;            /* the file; NULL: there is none */
	size_t mapping_size;
	const void *data;         /* size bytes, aligned to 4096 */
};

/*
 * Maps the data kept under a name (a word), if they have this size and key (a
 * text; NULL: any key).
 */
void cache_find(struct cached *c, const char *name, const char *key,
                size_t size);
void cache_release(struct cached *c);

void cache_forget(const char *name);

/*
 * Deletes files whose keys begin with kind but not with kind and version, and
 * what interruptions left.
 */
void cache_forget_old(const char *kind, const char *version);

/* Replaces, atomically, the data kept under a name. */
void cache_keep(const char *name, const char *key, const void *data,
                size_t size);
