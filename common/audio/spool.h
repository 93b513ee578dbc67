/*
 * spool.h - a pipe's contents as a file that can seek
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stddef.h>

/*
 * Writes the bytes given, and then all that fd still has, to an unlinked file
 * in $TMPDIR (or /tmp).  Returns its descriptor, at its beginning, or -1 with
 * errno set.
 */
int spool(const void *bytes, size_t length, int fd);

#endif
