#define _DEFAULT_SOURCE /* MAP_POPULATE */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mapped.h"
#include "core/replace.h"
#include "core/xalloc.h"
#include "weights/cache.h"

#ifndef MAP_POPULATE /* Linux: all pages at once */
#define MAP_POPULATE 0
#endif

/* The caller frees it; NULL: the user has no home. */
static char *
directory(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache && cache[0] == '/')
		return xasprintf("%s/tunne", cache);
	if (home && home[0] == '/')
		return xasprintf("%s/.cache/tunne", home);
	return NULL;
}

static char *
path_of(const char *name)
{
	char *dir = directory(), *path;

	if (!dir)
		return NULL;
	path = xasprintf("%s/%s", dir, name);
	free(dir);
	return path;
}

/* The user's own file, of a key and data that long. */
static bool
file_fits(int fd, size_t size)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() &&
	       (size_t)st.st_size == CACHE_KEY_MAX + size;
}

void
cache_find(struct cached *c, const char *name, const char *key, size_t size)
{
	const int how = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	char *path = path_of(name);
	int fd = path ? open(path, how) : -1;
	size_t whole = CACHE_KEY_MAX + size;
	void *m = MAP_FAILED;

	*c = (struct cached){ .mapping = NULL };
	free(path);
	if (fd < 0)
		return;
	if (file_fits(fd, size))
		m = mmap(NULL, whole, PROT_READ, MAP_PRIVATE | MAP_POPULATE,
		         fd, 0);
	close(fd);
	if (m == MAP_FAILED)
		return;
	mapped_guard();
	if (key && strncmp(m, key, CACHE_KEY_MAX) != 0) {
		munmap(m, whole);
		return;
	}
	*c = (struct cached){
		.mapping = m, .mapping_size = whole,
		.data = (char *)m + CACHE_KEY_MAX
	};
}

void
cache_forget(const char *name)
{
	char *path = path_of(name);

	if (path)
		unlink(path);
	free(path);
}

/* Of a file in that directory; empty if it has none. */
static void
key_read(char key[CACHE_KEY_MAX], int dir, const char *name)
{
	const int how = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	int fd = openat(dir, name, how);
	ssize_t n = fd < 0 ? -1 : read(fd, key, CACHE_KEY_MAX - 1);

	key[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
}

void
cache_forget_old(const char *kind, const char *version)
{
	size_t n = strlen(kind);
	char key[CACHE_KEY_MAX], *path = directory();
	DIR *d = path ? opendir(path) : NULL;

	for (struct dirent *e; d && (e = readdir(d));) {
		bool left = replace_left(dirfd(d), e->d_name);

		key_read(key, dirfd(d), e->d_name);
		if (left || (strncmp(key, kind, n) == 0 &&
		             strncmp(key + n, version, strlen(version)) != 0))
			unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d)
		closedir(d);
	free(path);
}

void
cache_release(struct cached *c)
{
	if (c->mapping)
		munmap(c->mapping, c->mapping_size);
	*c = (struct cached){ .mapping = NULL };
}

/* Makes the directories above the file, which only the user may enter. */
static void
directories_make(char *path)
{
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(path, 0700);
		*at = '/';
	}
}

static void
file_write(FILE *fp, const char *key, const void *data, size_t size)
{
	char head[CACHE_KEY_MAX] = "";

	strncpy(head, key, sizeof head - 1);
	fwrite(head, 1, sizeof head, fp);
	fwrite(data, 1, size, fp); /* replace_end finds what failed */
}

static void
file_keep(const char *path, const char *key, const void *data, size_t size)
{
	struct replace r;

	if (!replace_try(&r, path))
		return;
	file_write(r.fp, key, data, size);
	replace_end(&r);
}

void
cache_keep(const char *name, const char *key, const void *data, size_t size)
{
	char *path = path_of(name);

	if (path && strlen(key) < CACHE_KEY_MAX) {
		directories_make(path);
		file_keep(path, key, data, size);
	}
	free(path);
}
