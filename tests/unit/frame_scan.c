/* frame_scan.h: one map at a time, within bounds, whatever comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/rng.h"
#include "stream.h"
#include "stream/codec.h"
#include "stream/frame_scan.h"

/* Scans bytes to their end or an error; the last result. */
static enum scan_result
scan_all(struct scan *s, const char *data, size_t size, const char **why)
{
	FILE *fp = bytes_open(data, size);
	enum scan_result result;

	do
		result = scan_next(s, fp, why);
	while (result == SCAN_OK);
	fclose(fp);
	return result;
}

/* A map with one entry "k", whose value is head and then count zeros. */
static const char *
why_of(const char *head, size_t size, size_t count)
{
	struct scan s = SCAN_INIT;
	const char *why = NULL;
	char *data = calloc(size + count + 3, 1);

	memcpy(data, "\x81\xa1k", 3);
	memcpy(data + 3, head, size);
	if (scan_all(&s, data, size + count + 3, &why) == SCAN_EOF)
		why = NULL;
	scan_release(&s);
	free(data);
	return why;
}

static void
a_value_of_every_type_is_measured(void **state)
{
	static const struct { const char *head; size_t size, rest; } v[] = {
		{ "\x00", 1, 0 }, { "\x7f", 1, 0 }, { "\xff", 1, 0 },
		{ "\xe0", 1, 0 }, { "\x80", 1, 0 }, { "\x82", 1, 4 },
		{ "\x90", 1, 0 }, { "\x93", 1, 3 }, { "\xa0", 1, 0 },
		{ "\xbf", 1, 31 }, { "\xc0", 1, 0 }, { "\xc2", 1, 0 },
		{ "\xc3", 1, 0 }, { "\xc4\x05", 2, 5 },
		{ "\xc5\x01\x02", 3, 258 },
		{ "\xc6\x00\x01\x00\x02", 5, 65538 },
		{ "\xc7\x05\x01", 3, 5 }, { "\xc8\x01\x02\x01", 4, 258 },
		{ "\xc9\x00\x01\x00\x02\x01", 6, 65538 }, { "\xca", 1, 4 },
		{ "\xcb", 1, 8 }, { "\xcc", 1, 1 }, { "\xcd", 1, 2 },
		{ "\xce", 1, 4 }, { "\xcf", 1, 8 }, { "\xd0", 1, 1 },
		{ "\xd1", 1, 2 }, { "\xd2", 1, 4 }, { "\xd3", 1, 8 },
		{ "\xd4\x01", 2, 1 }, { "\xd5\x01", 2, 2 },
		{ "\xd6\x01", 2, 4 },
		{ "\xd7\x01", 2, 8 }, { "\xd8\x01", 2, 16 },
		{ "\xd9\x05", 2, 5 }, { "\xda\x01\x02", 3, 258 },
		{ "\xdb\x00\x01\x00\x02", 5, 65538 },
		{ "\xdc\x01\x02", 3, 258 },
		{ "\xdd\x00\x00\x01\x02", 5, 258 }, { "\xde\x01\x02", 3, 516 },
		{ "\xdf\x00\x00\x01\x02", 5, 516 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		assert_null(why_of(v[i].head, v[i].size, v[i].rest));
		if (v[i].rest > 0) /* one byte less is a cut */
			assert_non_null(strstr(why_of(v[i].head, v[i].size,
			                              v[i].rest - 1), "cut"));
	}
	assert_string_equal(why_of("\xc1", 1, 0), "not MessagePack");
}

static void
bounds_are_kept(void **state)
{
	static const char deep[] = "\x91\x91\x91\x91\x91\x91\x91\x91";

	(void)state;
	assert_null(why_of(deep, 7, 1));
	assert_non_null(strstr(why_of(deep, 8, 1), "8 deep"));
	assert_null(why_of("\xdc\xff\xf0", 3, 0xfff0));
	assert_non_null(strstr(why_of("\xdd\x00\x01\x00\x00", 5, 0x10000),
	                       "65536 items"));
	assert_non_null(strstr(why_of("\xc6\x40\x00\x00\x00", 5, 9), "1 GiB"));
	assert_non_null(strstr(why_of("\xdb\xff\xff\xff\xff", 5, 9), "1 GiB"));
	assert_non_null(strstr(why_of("\xc9\xff\xff\xff\xff", 5, 9), "1 GiB"));
}

static void
what_is_announced_is_not_allocated(void **state)
{
	static const char *const head[] = {
		"\xdd\x80\x00\x00\x00", "\xdf\x80\x00\x00\x00",
		"\xdb\x3f\xff\x00\x00", "\xc6\x3f\xff\x00\x00"
	};

	(void)state;
	for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
		struct scan s = SCAN_INIT;
		const char *why;
		char data[64] = "\x81\xa1k";

		memcpy(data + 3, head[i], 5);
		assert_int_equal(scan_all(&s, data, sizeof data, &why),
		                 SCAN_ERROR);
		assert_in_range(s.capacity, 1, 1 << 16);
		scan_release(&s);
	}
}

static void
keys_are_short_texts_without_nul(void **state)
{
	struct scan s = SCAN_INIT;
	char data[300] = "\x81\xd9\xff";
	const char *why;

	(void)state;
	memset(data + 3, 'k', 255);
	assert_int_equal(scan_all(&s, data, 259, &why), SCAN_EOF);
	assert_int_equal(s.entries, 0);
	assert_int_equal(scan_all(&s, "\x81\xa0\x01", 3, &why), SCAN_EOF);
	memcpy(data, "\x81\xda\x01\x00kkkk", 8);
	assert_int_equal(scan_all(&s, data, 280, &why), SCAN_ERROR);
	assert_non_null(strstr(why, "255 bytes"));
	assert_int_equal(scan_all(&s, "\x81\xc4\x01k\x01", 5, &why),
	                 SCAN_ERROR);
	assert_int_equal(scan_all(&s, "\x81\xa1\0\x01", 4, &why), SCAN_ERROR);
	assert_non_null(strstr(why, "NUL"));
	scan_release(&s);
}

static void
entries_point_at_keys_and_values(void **state)
{
	struct scan s = SCAN_INIT;
	FILE *fp = bytes_open("\x82\xa1k\x05\xa2no\x92\x01\x02rest", 13);
	const char *why;

	(void)state;
	assert_int_equal(scan_next(&s, fp, &why), SCAN_OK);
	assert_int_equal(s.entries, 2);
	assert_int_equal(s.length, 10);
	assert_memory_equal(s.bytes + s.entry[1].key, "no", 2);
	assert_int_equal(s.entry[1].key_length, 2);
	assert_memory_equal(s.bytes + s.entry[1].value, "\x92\x01\x02", 3);
	assert_int_equal(s.entry[1].value_size, 3);
	assert_int_equal(ftell(fp), 10); /* and not a byte more was taken */
	assert_int_equal(scan_next(&s, fp, &why), SCAN_ERROR);
	fclose(fp);
	scan_release(&s);
}

static void
a_cut_at_any_byte_is_an_error(void **state)
{
	struct bytes b = bytes_load("tests/data/python.frames");
	const char *why;

	(void)state;
	for (size_t cut = 0; cut < b.size; cut++) {
		struct scan s = SCAN_INIT;
		size_t whole = 0;
		FILE *fp = bytes_open(b.data, cut);
		enum scan_result result;

		while ((result = scan_next(&s, fp, &why)) == SCAN_OK)
			whole += s.length;
		assert_int_equal(result, whole == cut ? SCAN_EOF : SCAN_ERROR);
		fclose(fp);
		scan_release(&s);
	}
	free(b.data);
}

/* Asks for every value of a message as everything. */
static void
values_decode(const struct scan *s, struct arena *arena)
{
	for (size_t i = 0; i < s->entries; i++) {
		struct codec_value v = { s->bytes + s->entry[i].value,
		                         s->entry[i].value_size };
		const char *text, **texts;
		struct tensor t;
		double number;
		size_t count;

		codec_text(&text, v, arena);
		codec_texts(&texts, &count, v, arena);
		codec_number(&number, v);
		if (!codec_tensor(&t, v, arena) && tensor_length(&t) > 0)
			assert_true(t.data[tensor_length(&t) - 1] != 12345);
	}
	arena_clear(arena);
}

static void
noise_scan(const char *data, size_t size, struct arena *arena)
{
	struct scan s = SCAN_INIT;
	FILE *fp = bytes_open(data, size);
	const char *why;

	while (scan_next(&s, fp, &why) == SCAN_OK)
		values_decode(&s, arena);
	assert_true(s.capacity <= 1 << 17);
	fclose(fp);
	scan_release(&s);
}

static void
random_bytes_are_survived(void **state)
{
	struct arena arena = ARENA_INIT;
	char data[200];
	struct rng r;

	(void)state;
	rng_init(&r, 8);
	for (int trial = 0; trial < 2000; trial++) {
		size_t size = rng_below(&r, sizeof data);

		for (size_t i = 0; i < size; i++)
			data[i] = (char)rng_next(&r);
		if (size > 2) /* so that most get past the first byte */
			memcpy(data, "\x83\xa0", 2);
		noise_scan(data, size, &arena);
	}
	arena_release(&arena);
}

static void
damaged_streams_are_survived(void **state)
{
	struct bytes b = bytes_load("tests/data/python.frames");
	struct arena arena = ARENA_INIT;
	char *damaged = malloc(b.size);
	struct rng r;

	(void)state;
	rng_init(&r, 9);
	for (int trial = 0; trial < 2000; trial++) {
		memcpy(damaged, b.data, b.size);
		for (size_t i = rng_below(&r, 4) + 1; i > 0; i--)
			damaged[rng_below(&r, b.size)] = (char)rng_next(&r);
		noise_scan(damaged, b.size, &arena);
	}
	arena_release(&arena);
	free(damaged);
	free(b.data);
}

static void
skimming_finds_the_same_ends(void **state)
{
	enum { LONG = 40000, SIZE = LONG + 13 };
	struct scan s = SCAN_INIT;
	char *data = calloc(2 * SIZE, 1);
	const char *why;
	FILE *fp;

	(void)state;
	memcpy(data, "\x82\xa1k\xc6\0\0\x9c\x40", 8); /* 40000 bytes of bin */
	memcpy(data + 8 + LONG, "\xa3" "abc\x07", 5);
	memcpy(data + SIZE, data, SIZE);
	fp = bytes_open(data, 2 * SIZE);
	s.skim = 2 * SIZE;
	for (int i = 1; i <= 2; i++) {
		assert_int_equal(scan_next(&s, fp, &why), SCAN_OK);
		assert_int_equal(s.length + s.skipped, SIZE);
		assert_int_equal(ftell(fp), i * SIZE);
		assert_int_equal(s.entry[0].value_size, 0);
		assert_int_equal(s.entry[1].value_size, 1);
		assert_int_equal(s.bytes[s.entry[1].value], 7);
	}
	assert_int_equal(scan_next(&s, fp, &why), SCAN_EOF);
	rewind(fp);
	s.skim = 8 + LONG - 1; /* a file that ends within the value */
	assert_int_equal(scan_next(&s, fp, &why), SCAN_ERROR);
	assert_non_null(strstr(why, "cut"));
	fclose(fp);
	free(data);
	scan_release(&s);
}

/* As many as the scanner sees when it reads the message. */
static void
items_of_a_value_are_those_that_a_reader_counts(void **state)
{
	FILE *fp = fopen("tests/data/corpus.frames", "rb");
	struct scan s = SCAN_INIT;
	size_t many = 0;
	const char *why;

	(void)state;
	assert_non_null(fp);
	while (scan_next(&s, fp, &why) == SCAN_OK) {
		size_t items = 1 + s.entries;

		for (size_t i = 0; i < s.entries; i++)
			items += scan_items(s.bytes + s.entry[i].value,
			                    s.entry[i].value_size);
		assert_int_equal(items, s.items);
		many += items > 30;
	}
	assert_true(many > 10);
	fclose(fp);
	scan_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_of_every_type_is_measured),
		cmocka_unit_test(bounds_are_kept),
		cmocka_unit_test(what_is_announced_is_not_allocated),
		cmocka_unit_test(keys_are_short_texts_without_nul),
		cmocka_unit_test(entries_point_at_keys_and_values),
		cmocka_unit_test(a_cut_at_any_byte_is_an_error),
		cmocka_unit_test(random_bytes_are_survived),
		cmocka_unit_test(damaged_streams_are_survived),
		cmocka_unit_test(skimming_finds_the_same_ends),
		cmocka_unit_test(
			items_of_a_value_are_those_that_a_reader_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
