#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
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

/* Opens the temporary file for nobody else; dies where it cannot. */
static int
temporary_open(const char *temporary, const char *path)
{
	const int how = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;

	for (;;) {
		int fd = open(temporary, how, 0666);

		if (fd < 0)
			die("%s:", path);
		/* a file system without locks has to do without */
		if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
			die("%s: another program is writing it", path);
		/* between open and flock it may have become path itself */
		if (is_named(fd, temporary))
			return fd;
		close(fd);
	}
}

void
replace_begin(struct replace *r, const char *path)
{
	struct stat old;
	int fd;

	/* a device or a pipe must not become a file */
	if (stat(path, &old) == 0 && !S_ISREG(old.st_mode))
		die("%s: not a regular file", path);
	r->path = path;
	r->temporary = xasprintf("%s.tmp-tunne", path);
	r->lock = temporary_open(r->temporary, path);
	fd = fcntl(r->lock, F_DUPFD_CLOEXEC, 0);
	r->fp = fd >= 0 && ftruncate(fd, 0) == 0 ? fdopen(fd, "wb") : NULL;
	if (!r->fp)
		die("%s:", path);
}

static _Noreturn void
fail(struct replace *r)
{
	int saved = errno;

	unlink(r->temporary);
	errno = saved;
	die("write %s:", r->path);
}

void
replace_settle(struct replace *r)
{
	if (ferror(r->fp) || fflush(r->fp) != 0 ||
	    fsync(fileno(r->fp)) != 0 || fclose(r->fp) != 0)
		fail(r);
	r->fp = NULL;
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
