/*
 * cache.h - what takes long to make, kept in a file of the user's
 *
 * In $XDG_CACHE_HOME/tunne, or ~/.cache/tunne, one file a name; anything there
 * may be deleted at any time.  Where nothing can be kept nothing is, and all
 * goes on: it is made again next time.
 */
#ifndef CACHE_H
#define CACHE_H

#include <stddef.h>

enum { CACHE_KEY_MAX = 4096 };

struct cached {
	void *mapping;            /* the file; NULL: there is none */
	size_t mapping_size;
	const void *data;         /* size bytes, aligned to 4096 */
};

/*
 * Maps what was kept under that name, a word, if it was of this size, and of
 * this very key, a text; NULL: of any.
 */
void cache_find(struct cached *c, const char *name, const char *key,
                size_t size);
void cache_release(struct cached *c);

void cache_forget(const char *name);

/*
 * All whose keys begin with kind, but not with that and version, and what
 * interruptions left.
 */
void cache_forget_old(const char *kind, const char *version);

/* Replaces, atomically, what was kept under that name. */
void cache_keep(const char *name, const char *key, const void *data,
                size_t size);

#endif
