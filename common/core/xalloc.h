/*
 * xalloc.h - allocate memory, or die
 *
 * Each function dies with "out of memory" instead of returning NULL, also when
 * count * size overflows.  The caller frees the result with free().
 */
#pragma once

#include <stddef.h>

void *xmalloc(size_t count, size_t size); /* huge pages if large */
void *xcalloc(size_t count, size_t size); /* zeroed */
void *xrealloc(void *old, size_t count, size_t size);

enum { XALLOC_HUGE = 1 << 21 }; /* bytes of a huge page */

/*
 * Asks the system for huge pages in the size bytes at p: one page fault instead
 * of 512.  Call it before the memory is written; xmalloc and xcalloc do so.
 */
void xalloc_huge(void *p, size_t size);

char *xstrdup(const char *s);

/* printf into a new string. */
char *xasprintf(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
