/* What is kept for the next time, and what is kept of a network's weights. */
#define _XOPEN_SOURCE 700 /* mkdtemp, setenv */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cache_folder.h"
#include "core/replace.h"
#include "encoder/packed.h"
#include "encoder_golden.h"
#include "model/model_encoder.h"
#include "weights/cache.h"

enum { SIZE = 5000, COPY_MAX = 64 };

static bool
found(const char *key, const char *data, size_t size)
{
	struct cached c;
	bool same;

	cache_find(&c, "name", key, size);
	same = c.data && memcmp(c.data, data, size) == 0;
	assert_true(same || !c.data);
	cache_release(&c);
	return same;
}

static void
test_cache(void **state)
{
	char one[SIZE], two[SIZE], *path;

	memset(one, 1, sizeof one);
	memset(two, 2, sizeof two);
	assert_false(found("key", one, SIZE));
	cache_keep("name", "key", one, SIZE);
	assert_true(found("key", one, SIZE));
	assert_false(found("kez", one, SIZE));
	assert_false(found("ke", one, SIZE));
	assert_false(found("key", one, SIZE - 1));

	cache_keep("name", "kez", two, SIZE);
	assert_false(found("key", one, SIZE));
	assert_true(found("kez", two, SIZE));

	/* a file that was cut is as good as none, and is written again */
	path = xasprintf("%s/tunne/name", (char *)*state);
	assert_int_equal(truncate(path, CACHE_KEY_MAX + SIZE / 2), 0);
	assert_false(found("kez", two, SIZE));
	cache_keep("name", "kez", two, SIZE);
	assert_true(found("kez", two, SIZE));
	free(path);
}

/* Of the keys "kind 1" and "kind 2", and others. */
static void
test_old(void **state)
{
	static const char *const key[] = { "kind 1", "kind 2", "kin", "other" };
	char *left = xasprintf("%s/tunne/gone.tmp-tunne", (char *)*state);
	char *path = xasprintf("%s/tunne/kept", (char *)*state);
	struct replace r;
	struct cached c;

	cache_keep("kin", "kin", "data", 4); /* makes the folder */
	fclose(fopen(left, "w"));
	assert_true(replace_try(&r, path));
	for (size_t i = 0; i < LEN(key); i++)
		cache_keep(key[i], key[i], "data", 4);
	cache_forget_old("kind ", "2");
	for (size_t i = 0; i < LEN(key); i++) {
		cache_find(&c, key[i], key[i], 4);
		assert_true(!c.data == (i == 0));
		cache_release(&c);
	}
	assert_int_not_equal(access(left, F_OK), 0);
	assert_int_equal(access(r.temporary, F_OK), 0); /* has a writer */
	replace_abandon(&r);
	free(left);
	free(path);
}

static void
test_nowhere(void **state)
{
	char data[SIZE] = "";

	(void)state;
	assert_int_equal(setenv("XDG_CACHE_HOME", "/dev/null", 1), 0);
	cache_keep("name", "key", data, SIZE);
	assert_false(found("key", data, SIZE));
	cache_forget_old("", "");
	assert_int_equal(unsetenv("XDG_CACHE_HOME"), 0);
}

/* A copy of that file, in the folder of the cache. */
static void
copy_open(struct safetensors *s, char *copy, const char *folder,
          const char *path)
{
	char bytes[1 << 16];
	FILE *in = fopen(path, "rb"), *out;
	size_t n;

	snprintf(copy, COPY_MAX, "%s/copy", folder);
	out = fopen(copy, "wb");
	assert_non_null(in);
	assert_non_null(out);
	n = fread(bytes, 1, sizeof bytes, in);
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(in);
	assert_int_equal(fclose(out), 0);
	assert_null(safetensors_open(s, copy));
}

/* Packs m, from that file; spoilt: while it is being written to. */
static bool
found_after(const struct model *m, const char *folder, const char *path,
            bool spoilt)
{
	struct safetensors file;
	struct encoder_packed p;
	const struct encoder *n = model_encoder_of(m);
	char copy[COPY_MAX];
	bool again;

	copy_open(&file, copy, folder, path);
	assert_false(
		encoder_packed_find(&p, &n->weights, &n->config, &file, copy));
	if (spoilt) {
		FILE *fp = fopen(copy, "r+b");

		assert_int_equal(fseek(fp, -4, SEEK_END), 0);
		assert_int_equal(fputs("else", fp) < 0, 0);
		assert_int_equal(fclose(fp), 0);
	}
	encoder_pack(&p, &n->weights, &n->folded, &n->config, &file);
	encoder_packed_release(&p);
	safetensors_release(&file);

	copy_open(&file, copy, folder, path);
	again = encoder_packed_find(&p, &n->weights, &n->config, &file, copy);
	encoder_packed_release(&p);
	safetensors_release(&file);
	assert_int_equal(unlink(copy), 0);
	return again;
}

static void
test_changing(void **state)
{
	struct model m;
	char path[96], file[96];

	golden_path(path, "large", "");
	golden_path(file, "large", "model.safetensors");
	model_open(&m, path, NULL);
	assert_false(found_after(&m, *state, file, true));
	assert_true(found_after(&m, *state, file, false));
	model_release(&m);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "what is kept is found again, by its key and size",
		  test_cache, cache_begin, cache_end, NULL },
		{ "what another version kept is forgotten",
		  test_old, cache_begin, cache_end, NULL },
		{ "what is packed of a file that changes is not kept",
		  test_changing, cache_begin, cache_end, NULL },
		{ "where nothing can be kept, nothing is found",
		  test_nowhere, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
