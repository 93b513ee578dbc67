#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/die.h"
#include "core/replace.h"
#include "core/xalloc.h"

/*
 * Begun, by this process and not by one that it was forked from: a handler of
 * signals knows of nothing else.
 */
static struct replace *begun;
static pid_t owner;

static void
remove_begun(void)
{
	if (getpid() != owner)
		return;
	for (struct replace *r = begun; r; r = r->next)
		unlink(r->temporary);
}

static void
remove_and_end(int number)
{
	remove_begun();
	signal(number, SIG_DFL);
	raise(number);
}

/* A signal that is ignored or has a handler stays so. */
static void
watch(void)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction old;

	if (owner == 0)
		atexit(remove_begun);
	owner = getpid();
	begun = NULL;
	for (int i = 0; i < 3; i++)
		if (sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			signal(numbers[i], remove_and_end);
}

static void
forget(struct replace *r)
{
	struct replace **at = &begun;

	while (*at && *at != r)
		at = &(*at)->next;
	if (*at)
		*at = r->next;
	free(r->temporary);
	r->fp = NULL;
}

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
	if (getpid() != owner)
		watch();
	r->next = begun;
	begun = r;
}

void
replace_settle(struct replace *r)
{
	if (ferror(r->fp) || fflush(r->fp) != 0 ||
	    fsync(fileno(r->fp)) != 0 || fclose(r->fp) != 0)
		die("write %s:", r->path);
	r->fp = NULL;
}

void
replace_commit(struct replace *r)
{
	if (r->fp)
		replace_settle(r);
	if (rename(r->temporary, r->path) != 0)
		die("write %s:", r->path);
	forget(r);
}

void
replace_abandon(struct replace *r)
{
	if (r->fp)
		fclose(r->fp);
	unlink(r->temporary);
	forget(r);
}
