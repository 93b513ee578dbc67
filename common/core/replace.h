/*
 * replace.h - replace a file atomically: it is the old one or the new one
 *
 * Write to .fp; replace_commit flushes it to disk and renames it over path.
 * Errors die and leave path as it was, as does an interruption before the
 * commit.  The temporary file is PATH.tmp-tunne.  After an interruption the
 * next writer of path reuses it; of two writers at a time the second dies.  The
 * new file has the permissions of the old one or, without one, of the file
 * before it (see replace_begin_after).  A symbolic link is replaced, not its
 * target.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct replace {
	FILE *fp;
	const char *path;         /* borrowed */
	char *temporary;
	int lock;                 /* on temporary, until it is renamed */
	const struct replace *before; /* is abandoned with it; or NULL */
	mode_t mode;              /* permissions; 0: as for a new file */
};

void replace_begin(struct replace *r, const char *path);

/*
 * The same for one of several files: if it dies, those settled before leave
 * nothing either.  before is the last of these, or NULL; it is borrowed until r
 * is committed.
 */
void replace_begin_after(struct replace *r, const char *path,
                         const struct replace *before);
void replace_commit(struct replace *r);

/* Flushes and closes .fp, so that a full disk is found before the commit. */
void replace_settle(struct replace *r);

/*
 * The same for optional files: both return false instead of dying, and then
 * leave nothing.  Do not call replace_end after replace_try failed.
 */
bool replace_try(struct replace *r, const char *path);
bool replace_end(struct replace *r);

/* Removes the temporary file. */
void replace_abandon(struct replace *r);

/* Whether a name in an open directory was left by an interruption. */
bool replace_left(int directory, const char *name);
