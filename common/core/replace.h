/*
 * replace.h - a file is either the old one or the whole new one
 *
 * Write to .fp; replace_commit flushes it to disk and renames it over path.
 * Anything that goes wrong dies and leaves path as it was; so does an
 * interruption before the commit.  The temporary file is PATH.tmp-tunne: what
 * an interruption leaves is taken over by the next to write path, and two at a
 * time is an error of the second.  The new file has the old one's permissions,
 * or where there is none those of the one before it, see replace_begin_after;
 * a symbolic link is replaced, not what it leads to.
 */
#ifndef REPLACE_H
#define REPLACE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct replace {
	FILE *fp;
	const char *path;         /* borrowed */
	char *temporary;
	int lock;                 /* on it, until it has its name */
	const struct replace *before; /* is given up with it; or NULL */
	mode_t mode;              /* permissions; 0: as for a new file */
};

void replace_begin(struct replace *r, const char *path);

/*
 * The same of one of several: if it dies, those that were settled before leave
 * nothing behind either.  before: the last of them, which is borrowed until r
 * is committed; or NULL.
 */
void replace_begin_after(struct replace *r, const char *path,
                         const struct replace *before);
void replace_commit(struct replace *r);

/* Closes .fp, all on disk: a full one is met here, not by the commit. */
void replace_settle(struct replace *r);

/*
 * For what may as well not be kept: both return false instead of dying, and
 * then leave nothing.  replace_end is not called where replace_try failed.
 */
bool replace_try(struct replace *r, const char *path);
bool replace_end(struct replace *r);

/* Gives up: removes the temporary file. */
void replace_abandon(struct replace *r);

/* Is this, in a directory that is open, what an interruption left? */
bool replace_left(int directory, const char *name);

#endif
