/* stream/codec.h, codec_json.h: values there and back, and NumPy's. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/arena.h"
#include "stream.h"
#include "stream/codec.h"
#include "stream/codec_json.h"
#include "stream/frame.h"
#include "stream/reader.h"

/* A value from a literal. */
static struct codec_value
value_of(const char *bytes, size_t size)
{
	return (struct codec_value){ (const uint8_t *)bytes, size };
}

static void
texts_come_back(void **state)
{
	static const char *const words[] = { "", "ilo", "\xc3\xa4" };
	struct arena a = ARENA_INIT;
	const char *text, **texts;
	char longer[70000];
	size_t count;

	(void)state;
	assert_null(codec_text(&text, codec_from_text("viha", &a), &a));
	assert_string_equal(text, "viha");
	assert_null(codec_text(&text, codec_from_text("", &a), &a));
	assert_string_equal(text, "");
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	assert_null(codec_text(&text, codec_from_text(longer, &a), &a));
	assert_string_equal(text, longer);
	assert_null(codec_texts(&texts, &count,
	                        codec_from_texts(words, 3, &a), &a));
	assert_int_equal(count, 3);
	assert_string_equal(texts[2], words[2]);
	assert_null(codec_texts(&texts, &count,
	                        codec_from_texts(words, 0, &a), &a));
	assert_int_equal(count, 0);
	arena_release(&a);
}

static void
numbers_come_back(void **state)
{
	static const double number[] = {
		0, 1, -1, 127, 128, -32, -33, 255, 256, 65536, 4294967296.,
		-2147483649., 9007199254740991., 1e300, -.1, 16000, 0x1p60
	};
	struct arena a = ARENA_INIT;
	double x;

	(void)state;
	for (size_t i = 0; i < sizeof number / sizeof number[0]; i++) {
		assert_null(codec_number(&x, codec_from_number(number[i], &a)));
		assert_true(x == number[i]);
	}
	assert_int_equal(codec_from_number(16000, &a).size, 3);
	x = 7;
	assert_non_null(codec_number(&x, codec_from_number((double)NAN, &a)));
	assert_non_null(codec_number(&x, codec_from_number(HUGE_VAL, &a)));
	assert_non_null(codec_number(&x, codec_from_text("5", &a)));
	assert_non_null(codec_number(&x, value_of("\xc3", 1)));
	assert_true(x == 7);
	arena_release(&a);
}

/* What codec_write_tensor writes, as a value in the arena. */
static struct codec_value
tensor_written(const struct tensor *t, struct arena *a)
{
	FILE *fp = tmpfile();
	struct codec_value v;
	char *bytes;

	assert_non_null(fp);
	assert_true(codec_write_tensor(fp, t));
	v.size = (size_t)ftell(fp);
	rewind(fp);
	v.bytes = arena_take(a, v.size, 1);
	bytes = (char *)(uintptr_t)v.bytes;
	assert_int_equal(fread(bytes, 1, v.size, fp), v.size);
	fclose(fp);
	return v;
}

static void
tensors_come_back(void **state)
{
	float data[24];
	struct arena a = ARENA_INIT;
	const struct tensor shape[] = {
		{ 1, { 24 }, data }, { 2, { 4, 6 }, data },
		{ 3, { 2, 3, 4 }, data }, { 4, { 1, 2, 3, 4 }, data },
		{ 1, { 0 }, data }, { 2, { 0, 5 }, data }, { 0, { 0 }, data },
	};
	struct tensor t;

	(void)state;
	for (int i = 0; i < 24; i++)
		data[i] = (float)i / 3;
	data[5] = NAN;
	for (size_t i = 0; i < sizeof shape / sizeof shape[0]; i++) {
		assert_null(codec_tensor(&t, tensor_written(&shape[i], &a),
		                         &a));
		assert_int_equal(t.ndim, shape[i].ndim);
		assert_memory_equal(t.dim, shape[i].dim,
		                    (size_t)t.ndim * sizeof t.dim[0]);
		assert_memory_equal(t.data, data, tensor_length(&t) * 4);
	}
	arena_release(&a);
}

/* The one utterance of a stream that Python wrote. */
static struct frame
python_frame(struct reader *r, const char *path)
{
	struct frame f = FRAME_INIT;

	reader_open_path(r, path);
	assert_true(reader_next(r, &f));
	return f;
}

static void
numpy_is_understood(struct frame *f)
{
	const char *why = NULL;
	const struct tensor *t;

	assert_non_null(t = frame_tensor(f, "floats", 1, &why));
	assert_true(t->dim[0] == 3 && t->data[1] == 2.5f && t->data[2] == -3);
	assert_non_null(t = frame_tensor(f, "doubles", 2, &why));
	assert_true(t->dim[0] == 2 && t->dim[1] == 2 && t->data[3] == .4f);
	assert_non_null(t = frame_tensor(f, "scalar", 0, &why));
	assert_true(t->data[0] == 2);
	assert_true(frame_number(f, "loss", -1) == .75);
	assert_string_equal(frame_text(f, "note"), "\xc3\xa4\xf0\x9f\x98\x80");
	assert_null(frame_tensor(f, "integers", 1, &why));
	assert_string_equal(why, "integers: a tensor that is not float32 "
	                         "(<f4)");
	assert_null(frame_tensor(f, "empty", 2, &why));
	assert_string_equal(why, "empty: an empty tensor");
	assert_null(frame_tensor(f, "floats", 2, &why));
	assert_string_equal(why, "floats: a tensor of the wrong rank");
	assert_null(frame_tensor(f, "nested", 1, &why));
	assert_string_equal(why, "nested: not a tensor");
	assert_null(frame_tensor(f, "loss", 1, &why));
	assert_string_equal(why, "loss: not a tensor");
}

static void
arrays_from_numpy_are_read(void **state)
{
	static const char *const path[] = {
		"tests/data/python.frames", "tests/data/python-text.frames"
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct reader r;
		struct frame f = python_frame(&r, path[i]);

		numpy_is_understood(&f);
		frame_release(&f);
		reader_close(&r);
	}
}

static void
tensors_are_written_as_msgpack_numpy_does(void **state)
{
	struct reader r;
	struct frame f = python_frame(&r, "tests/data/python.frames");
	const struct field *field = frame_find(&f, "floats");
	const char *why;
	struct codec_value v;

	(void)state;
	v = tensor_written(frame_tensor(&f, "floats", 1, &why), &f.arena);
	assert_int_equal(v.size, field->value.size);
	assert_memory_equal(v.bytes, field->value.bytes, v.size);
	frame_release(&f);
	reader_close(&r);
}

static void
tensors_that_lie_are_refused(void **state)
{
#define HEAD "\x84\xc4\x02nd\xc3\xa4type\xa3<f4\xa5shape"
	static const struct { const char *bytes; size_t size; } lie[] = {
		{ HEAD "\x91\x02\xa4" "data\xc4\x04" "1234", 34 },
		{ HEAD "\x91\xcf\x40\0\0\0\0\0\0\0\xa4" "data\xc4\0", 38 },
		{ HEAD "\x92\xce\0\1\0\0\xce\0\1\0\0\xa4" "data\xc4\0", 39 },
		{ HEAD "\x95\1\1\1\1\1\xa4" "data\xc4\x04" "1234", 38 },
		{ HEAD "\x91\xff\xa4" "data\xc4\x04" "1234", 34 },
		{ HEAD "\x01\xa4" "data\xc4\x04" "1234", 33 },
		{ HEAD "\x91\x01\xa4" "dato\xc4\x04" "1234", 34 },
	};
#undef HEAD
	struct arena a = ARENA_INIT;
	struct tensor t;

	(void)state;
	for (size_t i = 0; i < sizeof lie / sizeof lie[0]; i++)
		assert_non_null(codec_tensor(&t, value_of(lie[i].bytes,
		                                          lie[i].size), &a));
	arena_release(&a);
}

static void
wrong_types_are_named(void **state)
{
	struct arena a = ARENA_INIT;
	const char *text, **texts;
	size_t count;

	(void)state;
	assert_string_equal(codec_text(&text, value_of("\x05", 1), &a),
	                    "not text");
	assert_string_equal(codec_text(&text, value_of("\xc4\x01x", 3), &a),
	                    "not text");
	assert_non_null(codec_text(&text, value_of("\xa2x\0", 3), &a));
	assert_non_null(codec_texts(&texts, &count,
	                            value_of("\x91\x05", 2), &a));
	assert_non_null(codec_texts(&texts, &count, value_of("\xa1x", 2), &a));
	arena_release(&a);
}

/* A value as JSON. */
static const char *
json_of(struct codec_value v, size_t values, struct arena *a)
{
	char *text;
	size_t size;
	FILE *fp = open_memstream(&text, &size);

	assert_non_null(fp);
	codec_json(fp, v, values, a);
	fclose(fp);
	v.bytes = (const uint8_t *)arena_copy(a, text, size);
	free(text);
	return (const char *)v.bytes;
}

static void
json_says_what_it_can(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *json;
	} v[] = {
		{ "\xc0", 1, "null" }, { "\xc2", 1, "false" },
		{ "\x05", 1, "5" },
		{ "\xff", 1, "-1" }, { "\x90", 1, "[]" }, { "\x80", 1, "{}" },
		{ "\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 9,
		  "18446744073709551615" },
		{ "\xca\x3d\xcc\xcc\xcd", 5, "0.1" },
		{ "\xca\x7f\xc0\0\0", 5, "null" },
		{ "\xcb\x3f\xb9\x99\x99\x99\x99\x99\x9a", 9, "0.1" },
		{ "\xa4\"\\\n\x01", 5, "\"\\\"\\\\\\n\\u0001\"" },
		{ "\xa3\xc3\xa4\xc3", 4, "\"\xc3\xa4\\ufffd\"" },
		{ "\xa3\xed\xa0\x80", 4, "\"\\ufffd\\ufffd\\ufffd\"" },
		{ "\xa2\xc0\x80", 3, "\"\\ufffd\\ufffd\"" },
		{ "\xc4\x02\x00\xff", 4, "{\"bin\":\"00ff\"}" },
		{ "\xd4\x05\x07", 3, "{\"ext\":5,\"bin\":\"07\"}" },
		{ "\x82\x01\xa1x\xff\xc0", 6, "{\"1\":\"x\",\"-1\":null}" },
		{ "\x92\x91\x01\x81\xa1k\x02", 7, "[[1],{\"k\":2}]" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++)
		assert_string_equal(json_of(value_of(v[i].bytes, v[i].size),
		                            SIZE_MAX, &a), v[i].json);
	arena_release(&a);
}

static void
json_shows_tensors(void **state)
{
	float data[] = { 1, NAN, -2.5f, .1f };
	struct tensor t = { 2, { 2, 2 }, data }, empty = { 2, { 0, 9 }, data };
	struct arena a = ARENA_INIT;

	(void)state;
	assert_string_equal(json_of(tensor_written(&t, &a), SIZE_MAX, &a),
	                    "[[1,null],[-2.5,0.1]]");
	t.dim[0] = 1;
	assert_string_equal(json_of(tensor_written(&t, &a), 1, &a),
	                    "{\"shape\":[1,2],\"min\":1,\"mean\":1,\"max\":1,"
	                    "\"not_finite\":1,\"values\":[1]}");
	assert_string_equal(json_of(tensor_written(&empty, &a), SIZE_MAX, &a),
	                    "[]");
	assert_string_equal(json_of(tensor_written(&empty, &a), 2, &a),
	                    "{\"shape\":[0,9],\"min\":null,\"mean\":null,"
	                    "\"max\":null,\"values\":[]}");
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_come_back),
		cmocka_unit_test(numbers_come_back),
		cmocka_unit_test(tensors_come_back),
		cmocka_unit_test(arrays_from_numpy_are_read),
		cmocka_unit_test(tensors_are_written_as_msgpack_numpy_does),
		cmocka_unit_test(tensors_that_lie_are_refused),
		cmocka_unit_test(wrong_types_are_named),
		cmocka_unit_test(json_says_what_it_can),
		cmocka_unit_test(json_shows_tensors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
