/* core/replace: the old file or the whole new one, and nothing beside it. */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/replace.h"

enum { NOBODY = 65534 };

struct folder { char path[64], file[80]; };

static int
folder_make(void **state)
{
	struct folder *d = calloc(1, sizeof *d);
	FILE *fp;

	strcpy(d->path, "/tmp/replace-XXXXXX");
	assert_non_null(mkdtemp(d->path));
	snprintf(d->file, sizeof d->file, "%s/x", d->path);
	fp = fopen(d->file, "w");
	assert_non_null(fp);
	fputs("old", fp);
	assert_int_equal(fclose(fp), 0);
	*state = d;
	return 0;
}

static int
folder_remove(void **state)
{
	struct folder *d = *state;

	chmod(d->path, 0700);
	unlink(d->file);
	assert_int_equal(rmdir(d->path), 0);
	free(d);
	return 0;
}

static void
holds(const char *path, const char *want)
{
	char got[16] = "";
	FILE *fp = fopen(path, "r");

	assert_non_null(fp);
	assert_true(fread(got, 1, sizeof got - 1, fp) < sizeof got);
	fclose(fp);
	assert_string_equal(got, want);
}

static size_t
files_in(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));)
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* Runs a writer that has to die, and returns its exit status. */
static int
status_of(void (*writer)(const char *path), const char *path)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(99);
		writer(path);
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
write_new(const char *path)
{
	struct replace r;

	replace_begin(&r, path);
	fputs("new", r.fp);
	replace_commit(&r);
}

/* A file may not grow past 4 kB: what a full disk looks like from here. */
static void
write_past_limit(const char *path)
{
	struct rlimit limit = { 4096, 4096 };
	struct replace r;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	replace_begin(&r, path);
	for (int i = 0; i < 100000; i++)
		fputc('n', r.fp);
	replace_commit(&r);
}

/* The last bytes are still in the buffer when the limit is met. */
static void
write_limit_at_flush(const char *path)
{
	struct rlimit limit = { 2, 2 };
	struct replace r;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	replace_begin(&r, path);
	fputs("new", r.fp);
	replace_commit(&r);
}

static void
write_as_nobody(const char *path)
{
	if (geteuid() == 0 && setuid(NOBODY) != 0)
		_exit(98);
	write_new(path);
}

static void
test_new_file(void **state)
{
	struct folder *d = *state;

	assert_int_equal(status_of(write_new, d->file), 0);
	holds(d->file, "new");
	assert_int_equal(files_in(d->path), 1);
}

static void
test_permissions(void **state)
{
	struct folder *d = *state;
	struct stat st;

	assert_int_equal(chmod(d->file, 0640), 0);
	write_new(d->file);
	assert_int_equal(stat(d->file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
}

/* A new file beside a private one is private, too. */
static void
test_permissions_beside(void **state)
{
	struct folder *d = *state;
	char beside[100];
	struct replace one, two;
	struct stat st;

	snprintf(beside, sizeof beside, "%s.beside", d->file);
	assert_int_equal(chmod(d->file, 0400), 0);
	replace_begin(&one, d->file);
	replace_settle(&one);
	replace_begin_after(&two, beside, &one);
	assert_int_equal(fstat(two.lock, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600); /* as yet */
	replace_commit(&two);
	replace_commit(&one);
	assert_int_equal(stat(beside, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(unlink(beside), 0);
}

static void
test_before_commit(void **state)
{
	struct folder *d = *state;
	struct replace r;

	replace_begin(&r, d->file);
	fputs("new", r.fp);
	fflush(r.fp);
	holds(d->file, "old");
	replace_abandon(&r);
	holds(d->file, "old");
	assert_int_equal(files_in(d->path), 1);
}

static void
test_stale(void **state)
{
	struct folder *d = *state;
	char stale[100];
	FILE *fp;

	snprintf(stale, sizeof stale, "%s.tmp-tunne", d->file);
	fp = fopen(stale, "w");
	assert_non_null(fp);
	fputs("left by one that was killed", fp);
	assert_int_equal(fclose(fp), 0);
	assert_int_equal(status_of(write_new, d->file), 0);
	holds(d->file, "new");
	assert_int_equal(files_in(d->path), 1);
}

static void
test_two_writers(void **state)
{
	struct folder *d = *state;
	struct replace r;

	replace_begin(&r, d->file);
	fputs("first", r.fp);
	fflush(r.fp); /* or a child would write it, too */
	assert_int_equal(status_of(write_new, d->file), 1);
	replace_settle(&r);
	assert_int_equal(status_of(write_new, d->file), 1);
	holds(d->file, "old");
	replace_commit(&r);
	holds(d->file, "first");
	assert_int_equal(status_of(write_new, d->file), 0);
	holds(d->file, "new");
	assert_int_equal(files_in(d->path), 1);
}

static void
test_full_disk(void **state)
{
	struct folder *d = *state;

	assert_int_equal(status_of(write_past_limit, d->file), 1);
	holds(d->file, "old");
	assert_int_equal(files_in(d->path), 1);
}

static void
test_full_at_flush(void **state)
{
	struct folder *d = *state;

	assert_int_equal(status_of(write_limit_at_flush, d->file), 1);
	holds(d->file, "old");
	assert_int_equal(files_in(d->path), 1);
}

static void
test_unwritable_folder(void **state)
{
	struct folder *d = *state;

	assert_int_equal(chmod(d->path, 0555), 0);
	assert_int_equal(status_of(write_as_nobody, d->file), 1);
	holds(d->file, "old");
	assert_int_equal(files_in(d->path), 1);
}

static void
test_missing_folder(void **state)
{
	struct folder *d = *state;
	char path[100];

	snprintf(path, sizeof path, "%s/none/x", d->path);
	assert_int_equal(status_of(write_new, path), 1);
	assert_int_equal(files_in(d->path), 1);
}

static void
test_target_is_folder(void **state)
{
	struct folder *d = *state;
	char path[100];

	snprintf(path, sizeof path, "%s/sub", d->path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(status_of(write_new, path), 1);
	assert_int_equal(files_in(d->path), 2);
	assert_int_equal(rmdir(path), 0);
}

/* replace_try and replace_end say no where the others die. */
static void
test_quietly(void **state)
{
	struct folder *d = *state;
	struct replace r, other;
	struct rlimit limit, tiny;
	char path[100];

	snprintf(path, sizeof path, "%s/none/x", d->path);
	assert_false(replace_try(&r, path));
	assert_false(replace_try(&r, d->path)); /* a folder */

	assert_true(replace_try(&r, d->file));
	assert_false(replace_try(&other, d->file));
	fputs("new", r.fp);
	assert_true(replace_end(&r));
	holds(d->file, "new");

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	tiny = limit;
	tiny.rlim_cur = 1;
	assert_true(replace_try(&r, d->file));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
	fputs("newer", r.fp);
	assert_false(replace_end(&r));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, SIG_DFL);
	holds(d->file, "new");
	assert_int_equal(files_in(d->path), 1);
}

int
main(void)
{
	static const struct {
		const char *name;
		CMUnitTestFunction run;
	} t[] = {
		{ "commit puts the new file in place", test_new_file },
		{ "the new one has the permissions of the old",
		  test_permissions },
		{ "a new file has those of the one before it",
		  test_permissions_beside },
		{ "until commit the old file stands", test_before_commit },
		{ "what a killed writer left is taken over", test_stale },
		{ "a second writer at the same time fails", test_two_writers },
		{ "a full disk leaves the old file", test_full_disk },
		{ "a disk that fills at the last flush too",
		  test_full_at_flush },
		{ "an unwritable folder leaves the old file",
		  test_unwritable_folder },
		{ "a missing folder is an error", test_missing_folder },
		{ "a folder is not replaced by a file", test_target_is_folder },
		{ "what may as well not be kept says no", test_quietly },
	};
	enum { TESTS = sizeof t / sizeof t[0] };
	struct CMUnitTest tests[TESTS];

	for (size_t i = 0; i < TESTS; i++)
		tests[i] = (struct CMUnitTest){ t[i].name, t[i].run,
		                                folder_make, folder_remove,
		                                NULL };
	return _cmocka_run_group_tests("replace", tests, TESTS, NULL, NULL);
}
