/* model/safetensors: what is written is read, what is broken is not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/rng.h"
#include "weights/safetensors_write.h"

/* A file in memory of exactly its size, so that a sanitizer sees its end. */
static uint8_t *
file_make(size_t *size, const char *header, size_t length, size_t data)
{
	uint8_t *bytes = calloc(8 + length + data, 1);

	for (size_t i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(length >> 8 * i);
	memcpy(bytes + 8, header, length);
	for (size_t i = 0; i < data; i++)
		bytes[8 + length + i] = (uint8_t)i;
	*size = 8 + length + data;
	return bytes;
}

static bool
accepted(const uint8_t *bytes, size_t size)
{
	struct safetensors s;
	bool good = !safetensors_parse(&s, bytes, size);
	size_t sum = 0;

	for (size_t i = 0; good && i < s.entries; i++) {
		const struct safetensors_entry *e = &s.entry[i];

		assert_true(e->data >= bytes);
		assert_true(e->data + e->size <= bytes + size);
		sum += e->size;
	}
	assert_true(!good || sum < size);
	safetensors_release(&s);
	return good;
}

static void
test_nesting(void **state)
{
	enum { DEPTH = 1000000 };
	char *header = malloc(DEPTH);
	uint8_t *bytes;
	size_t size;

	(void)state;
	for (int i = 0; i < DEPTH; i++)
		header[i] = "{\"a\":"[i % 5];
	bytes = file_make(&size, header, DEPTH, 0);
	assert_false(accepted(bytes, size));
	free(bytes);
	memset(header + 5, '[', DEPTH - 5);
	bytes = file_make(&size, header, DEPTH, 0);
	assert_false(accepted(bytes, size));
	free(bytes);
	free(header);
}

static void
test_header_length(void **state)
{
	static const uint64_t lengths[] = {
		0, 3, 100000000, 100000001, UINT64_MAX, UINT64_MAX - 7,
		(uint64_t)1 << 63, (uint64_t)1 << 32
	};
	size_t size;
	uint8_t *bytes = file_make(&size, "{}", 2, 0);

	(void)state;
	assert_true(accepted(bytes, size));
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		memcpy(bytes, &lengths[i], 8);
		assert_false(accepted(bytes, size));
	}
	free(bytes);
}

/* As the Python package lays a file out. */
static const char python[] =
	"{\"__metadata__\":{\"format\":\"pt\"},"
	"\"b.w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},"
	"\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[16,18]},"
	"\"s\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[18,20]},"
	"\"none\":{\"dtype\":\"F32\",\"shape\":[0,3],"
	"\"data_offsets\":[20,20]},"
	"\"n\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[20,21]}}   ";

enum { PYTHON_DATA = 21 };

static void
test_python(void **state)
{
	static const uint8_t data[PYTHON_DATA] = {
		0, 0, 128, 63, 0, 0, 0, 192, 0, 0, 0, 63, 0, 0, 128, 127,
		0, 60, 192, 63, 7
	};
	struct safetensors s;
	const struct safetensors_entry *e;
	size_t size;
	uint8_t *bytes = file_make(&size, python, sizeof python - 1,
	                           PYTHON_DATA);
	float x[4];

	(void)state;
	memcpy(bytes + size - PYTHON_DATA, data, sizeof data);
	assert_null(safetensors_parse(&s, bytes, size));
	assert_int_equal(s.entries, 5);
	assert_string_equal(safetensors_metadata(&s, "format"), "pt");
	assert_null(safetensors_metadata(&s, "none"));

	e = safetensors_find(&s, "b.w");
	assert_int_equal(e->ndim, 2);
	assert_int_equal(e->dim[1], 2);
	assert_true(safetensors_floats(x, e));
	assert_true(x[0] == 1 && x[1] == -2 && x[2] == 0.5f && isinf(x[3]));
	assert_true(safetensors_floats(x, safetensors_find(&s, "h")));
	assert_true(x[0] == 1);
	e = safetensors_find(&s, "s");
	assert_int_equal(e->ndim, 0);
	assert_int_equal(e->length, 1);
	assert_true(safetensors_floats(x, e) && x[0] == 1.5f);
	assert_int_equal(safetensors_find(&s, "none")->length, 0);
	e = safetensors_find(&s, "n");
	assert_string_equal(e->type_name, "I8");
	assert_false(safetensors_floats(x, e));
	assert_null(safetensors_find(&s, "missing"));
	safetensors_release(&s);
	free(bytes);
}

static void
test_truncated(void **state)
{
	size_t size;
	uint8_t *bytes = file_make(&size, python, sizeof python - 1,
	                           PYTHON_DATA);

	(void)state;
	assert_true(accepted(bytes, size));
	for (size_t cut = 0; cut < size; cut++) {
		uint8_t *part = malloc(cut ? cut : 1);

		memcpy(part, bytes, cut);
		assert_false(accepted(part, cut));
		free(part);
	}
	free(bytes);
}

static void
test_random(void **state)
{
	struct rng rng;
	size_t size, good = 0;
	uint8_t *bytes = file_make(&size, python, sizeof python - 1,
	                           PYTHON_DATA);
	uint8_t *changed = malloc(size);

	(void)state;
	rng_init(&rng, 1);
	for (int round = 0; round < 20000; round++) {
		memcpy(changed, bytes, size);
		for (size_t n = 1 + rng_below(&rng, 4); n > 0; n--)
			changed[rng_below(&rng, size)] =
				(uint8_t)rng_next(&rng);
		good += accepted(changed, size);
	}
	assert_in_range(good, 1, 19999); /* names and data may change */
	for (int round = 0; round < 20000; round++) {
		size_t n = 32 + rng_below(&rng, size - 32);

		for (size_t i = 0; i < n; i++)
			changed[i] = (uint8_t)rng_next(&rng);
		memset(changed + 2, 0, 6);
		changed[0] = (uint8_t)(n - 8);
		changed[1] = (uint8_t)((n - 8) >> 8);
		changed[8] = '{';
		assert_false(accepted(changed, n));
	}
	free(changed);
	free(bytes);
}

static void
test_round_trip(void **state)
{
	char folder[] = "/tmp/safetensors-XXXXXX", path[64];
	static const float x[6] = { 1, -2.5f, 0, 65504, 1e-6f, 3 };
	static const struct safetensors_source source[] = {
		{ "z16", TYPE_F16, 1, { 5 }, x },
		{ "b", TYPE_F32, 2, { 2, 3 }, x },
		{ "y16", TYPE_BF16, 3, { 1, 2, 3 }, x },
		{ "a", TYPE_F32, 0, { 0 }, x + 1 },
		{ "empty", TYPE_F32, 2, { 4, 0 }, NULL },
	};
	static const struct safetensors_text text[] = {
		{ "history", "a\n\"quoted\\\" \t\xc3\xa9 \xff" },
	};
	static const char *const order[] = { "a", "b", "empty", "y16", "z16" };
	struct safetensors s;
	float y[6];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/x", folder);
	safetensors_write(path, source, 5, text, 1);
	assert_null(safetensors_open(&s, path));
	assert_int_equal(s.entries, 5);
	for (size_t i = 0; i < 5; i++)
		assert_non_null(safetensors_find(&s, order[i]));
	assert_string_equal(s.entry[0].name, "a");
	assert_string_equal(s.entry[3].name, "y16");
	assert_string_equal(s.entry[4].name, "z16");
	assert_string_equal(safetensors_metadata(&s, "history"),
	                    "a\n\"quoted\\\" \t\xc3\xa9 ?");
	assert_int_equal((size_t)(s.entry[0].data -
	                          (uint8_t *)s.mapping) % 8, 0);
	assert_true(safetensors_floats(y, safetensors_find(&s, "b")));
	assert_memory_equal(y, x, sizeof x);
	assert_true(safetensors_floats(y, safetensors_find(&s, "z16")));
	assert_true(y[1] == -2.5f && y[3] == 65504 && y[4] == 0x1.1p-20f);
	assert_true(safetensors_floats(y, safetensors_find(&s, "y16")));
	assert_true(y[1] == -2.5f && y[3] == 65536 && y[5] == 3);
	safetensors_release(&s);
	unlink(path);
	assert_int_equal(rmdir(folder), 0);
}

static void
open_refused(const char *path)
{
	struct safetensors s;

	assert_non_null(safetensors_open(&s, path));
	safetensors_release(&s);
}

static void
test_not_files(void **state)
{
	char folder[] = "/tmp/safetensors-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/x", folder);
	open_refused(folder);
	open_refused(path);
	open_refused("/dev/zero");
	assert_int_equal(mkfifo(path, 0600), 0);
	open_refused(path);
	unlink(path);
	fclose(fopen(path, "w"));
	open_refused(path);
	unlink(path);
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "hostile nesting is refused",
		  test_nesting, NULL, NULL, NULL },
		{ "a header length that lies is refused",
		  test_header_length, NULL, NULL, NULL },
		{ "a file laid out by Python is read",
		  test_python, NULL, NULL, NULL },
		{ "a file cut at any byte is refused",
		  test_truncated, NULL, NULL, NULL },
		{ "changed and random bytes never lead astray",
		  test_random, NULL, NULL, NULL },
		{ "what is written is read back, in order",
		  test_round_trip, NULL, NULL, NULL },
		{ "folders, pipes, devices and empty files are refused",
		  test_not_files, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
