#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/die.h"
#include "core/replace.h"
#include "core/xalloc.h"

void
replace_begin(struct replace *r, const char *path)
{
	struct stat old;

	/* a device or a pipe must not become a file */
	if (stat(path, &old) == 0 && !S_ISREG(old.st_mode))
		die("%s: not a regular file", path);
	r->path = path;
	r->temporary = xasprintf("%s.tmp-%ld", path, (long)getpid());
	r->fp = fopen(r->temporary, "wb");
	if (!r->fp)
		die("%s:", r->temporary);
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
	free(r->temporary);
}

void
replace_abandon(struct replace *r)
{
	if (r->fp)
		fclose(r->fp);
	unlink(r->temporary);
	free(r->temporary);
	r->fp = NULL;
}
