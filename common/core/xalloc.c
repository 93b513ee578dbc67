#define _DEFAULT_SOURCE /* madvise */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/die.h"
#include "core/xalloc.h"

static size_t
bytes(size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		die("out of memory");
	return count > 0 && size > 0 ? count * size : 1;
}

void
xalloc_huge(void *p, size_t size)
{
#ifdef MADV_HUGEPAGE /* Linux */
	const uintptr_t page = XALLOC_HUGE;
	uintptr_t first = ((uintptr_t)p + page - 1) / page;
	uintptr_t end = ((uintptr_t)p + size) / page;

	if (first < end)
		madvise((void *)(first * page), (end - first) * page,
		        MADV_HUGEPAGE);
#else
	(void)p;
	(void)size;
#endif
}

void *
xmalloc(size_t count, size_t size)
{
	const size_t page = XALLOC_HUGE;
	size_t n = bytes(count, size);
	void *p;

	if (n < page)
		return xrealloc(NULL, count, size);
	p = n > SIZE_MAX - page ? NULL
		: aligned_alloc(page, (n + page - 1) / page * page);
	if (!p)
		die("out of memory");
	xalloc_huge(p, n);
	return p;
}

void *
xcalloc(size_t count, size_t size)
{
	void *p = calloc(bytes(count, size), 1);

	if (!p)
		die("out of memory");
	xalloc_huge(p, count * size);
	return p;
}

void *
xrealloc(void *old, size_t count, size_t size)
{
	void *p = realloc(old, bytes(count, size));

	if (!p)
		die("out of memory");
	return p;
}

char *
xstrdup(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(xmalloc(size, 1), s, size);
}

char *
xasprintf(const char *format, ...)
{
	va_list args;
	int length;
	char *s;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		die("cannot format a string:");

	s = xmalloc((size_t)length + 1, 1);
	va_start(args, format);
	vsnprintf(s, (size_t)length + 1, format, args);
	va_end(args);
	return s;
}
