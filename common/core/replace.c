#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/die.h"
#include "core/replace.h"
#include "core/xalloc.h"

static bool
is_named(int fd, const char *name)
{
	struct stat mine, named;

	return fstat(fd, &mine) == 0 && lstat(name, &named) == 0 &&
	       mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

static const char ending[] = ".tmp-tunne";
static const char busy[] = "another program is writing it";
static const char in_the_way[] = "what is named so with .tmp-tunne after it is "
                                 "in the way (remove it if nobody writes it)";
static const char errno_says[] = "";

/* Opens and locks the temporary file; NULL, or why it cannot. */
static const char *
temporary_open(struct replace *r)
{
	const int how = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;

	for (;;) {
		r->lock = open(r->temporary, how, 0666);
		if (r->lock < 0)
			return errno_says;
		/* some file systems have no locks */
		if (flock(r->lock, LOCK_EX | LOCK_NB) != 0 &&
		    errno == EWOULDBLOCK) {
			close(r->lock);
			return busy;
		}
		/* between open and flock it may have been renamed to path */
		if (is_named(r->lock, r->temporary))
			return NULL;
		close(r->lock);
	}
}

/*
 * A file that others cannot read is not readable meanwhile either; but after an
 * interruption the temporary file is writable.
 */
static void
mode_keep(struct replace *r, mode_t mode)
{
	r->mode = mode;
	if (mode)
		(void)!fchmod(r->lock, mode | 0600);
}

/* NULL, or why it cannot be replaced. */
static const char *
begin(struct replace *r, const char *path)
{
	struct stat old;
	const char *why;
	int fd, saved;
	mode_t mode = 0;

	*r = (struct replace){ .path = path };
	if (strcmp(path, "-") == 0)
		return "want a file (./- is one of this name)";
	if (!*path)
		return "want a file, not an empty name";
	/* a device or a pipe must not become a file */
	if (stat(path, &old) == 0) {
		if (!S_ISREG(old.st_mode))
			return "not a regular file";
		mode = old.st_mode & 0777;
		if (mode == 0)
			mode = 0600; /* nobody's becomes nobody else's */
	}
	r->temporary = xasprintf("%s%s", path, ending);
	why = temporary_open(r);
	if (why) {
		saved = errno;
		if (why == errno_says && lstat(r->temporary, &old) == 0)
			why = in_the_way;
		free(r->temporary);
		errno = saved;
		return why;
	}
	mode_keep(r, mode);
	fd = fcntl(r->lock, F_DUPFD_CLOEXEC, 0);
	r->fp = fd >= 0 && ftruncate(fd, 0) == 0 ? fdopen(fd, "wb") : NULL;
	if (r->fp)
		return NULL;
	saved = errno;
	if (fd >= 0)
		close(fd);
	close(r->lock);
	free(r->temporary);
	errno = saved;
	return errno == EINVAL ? in_the_way : errno_says; /* a pipe */
}

/* Removes the temporary files of this one and of those before it. */
static void
temporaries_unlink(const struct replace *r)
{
	int saved = errno;

	for (; r; r = r->before)
		if (r->temporary)
			unlink(r->temporary);
	errno = saved;
}

void
replace_begin_after(struct replace *r, const char *path,
                    const struct replace *before)
{
	const char *why = begin(r, path);

	r->before = before;
	if (!why && before && !r->mode)
		mode_keep(r, before->mode);
	if (why)
		temporaries_unlink(before);
	if (why == errno_says)
		die("%s:", path);
	if (why)
		die("%s: %s", path, why);
}

void
replace_begin(struct replace *r, const char *path)
{
	replace_begin_after(r, path, NULL);
}

bool
replace_try(struct replace *r, const char *path)
{
	return !begin(r, path);
}

/* Flushes to disk and closes. */
static bool
settle(struct replace *r)
{
	bool written = !ferror(r->fp) && fflush(r->fp) == 0 &&
		fsync(fileno(r->fp)) == 0;
	int saved = errno;

	if (r->mode)
		(void)!fchmod(fileno(r->fp), r->mode);
	if (fclose(r->fp) != 0 && written) {
		written = false;
		saved = errno;
	}
	r->fp = NULL;
	errno = saved;
	return written;
}

static _Noreturn void
fail(struct replace *r)
{
	temporaries_unlink(r);
	die("write %s:", r->path);
}

void
replace_settle(struct replace *r)
{
	if (!settle(r))
		fail(r);
}

void
replace_commit(struct replace *r)
{
	if (r->fp)
		replace_settle(r);
	if (rename(r->temporary, r->path) != 0)
		fail(r);
	close(r->lock);
	free(r->temporary);
	r->temporary = NULL;
}

bool
replace_end(struct replace *r)
{
	bool replaced = settle(r) && rename(r->temporary, r->path) == 0;

	if (!replaced)
		unlink(r->temporary);
	close(r->lock);
	free(r->temporary);
	return replaced;
}

void
replace_abandon(struct replace *r)
{
	if (r->fp)
		fclose(r->fp);
	unlink(r->temporary);
	close(r->lock);
	free(r->temporary);
	r->fp = NULL;
}

/* Its writer holds a lock on it. */
bool
replace_left(int directory, const char *name)
{
	const int how = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	size_t length = strlen(name), end = strlen(ending);
	bool left;
	int fd;

	if (length <= end || strcmp(name + length - end, ending) != 0)
		return false;
	fd = openat(directory, name, how);
	left = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
	if (fd >= 0)
		close(fd);
	return left;
}
