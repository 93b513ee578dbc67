/*
 * xalloc.h - allocation that cannot fail quietly
 *
 * Each function dies with "out of memory" instead of returning NULL, also
 * when count * size overflows.  The caller owns what is returned and frees it
 * with free().
 */
#ifndef XALLOC_H
#define XALLOC_H

#include <stddef.h>

void *xmalloc(size_t count, size_t size); /* much: huge pages */
void *xcalloc(size_t count, size_t size); /* zeroed */
void *xrealloc(void *old, size_t count, size_t size);

enum { XALLOC_HUGE = 1 << 21 }; /* bytes of a huge page */

/*
 * Asks for huge pages for those that lie wholly in the size bytes at p, where
 * the system has any: one page fault instead of 512.  To be called before the
 * memory is written; xmalloc and xcalloc have done it.
 */
void xalloc_huge(void *p, size_t size);

char *xstrdup(const char *s);

/* printf into a new string. */
char *xasprintf(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
