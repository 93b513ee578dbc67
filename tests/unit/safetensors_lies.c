/* model/safetensors: a header that lies, one way a test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "weights/safetensors.h"

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

/*
 * In a header here ' stands for ", ~ for 'dtype':'F32','shape': and
 * @ for 'data_offsets': .
 */
struct lie { const char *title, *header; size_t data; const char *says; };

static const struct lie lies[] = {
	{ "a name used twice is refused",
	  "{'a':{~[1],@[0,4]},'a':{~[1],@[4,8]}}", 8, "twice" },
	{ "a name twice, one of them escaped, is refused",
	  "{'a':{~[1],@[0,4]},'\\u0061':{~[1],@[4,8]}}", 8, "twice" },
	{ "a field used twice is refused",
	  "{'a':{'dtype':'F32',~[1],@[0,4]}}", 4, "twice" },
	{ "metadata twice are refused",
	  "{'__metadata__':{},'__metadata__':{}}", 0, "twice" },
	{ "a metadata key twice is refused",
	  "{'__metadata__':{'a':'1','a':'2'}}", 0, "twice" },
	{ "overlapping tensors are refused",
	  "{'a':{~[2],@[0,8]},'b':{~[1],@[4,8]}}", 8, "overlaps" },
	{ "two tensors on the same bytes are refused",
	  "{'a':{~[1],@[0,4]},'b':{~[1],@[0,4]}}", 4, "overlaps" },
	{ "a hole between tensors is refused",
	  "{'a':{~[1],@[0,4]},'b':{~[1],@[8,12]}}", 12, "hole" },
	{ "a hole before the first tensor is refused",
	  "{'a':{~[1],@[4,8]}}", 8, "hole" },
	{ "bytes after the last tensor are refused",
	  "{'a':{~[1],@[0,4]}}", 5, "1 bytes after" },
	{ "bytes and no tensor are refused",
	  "{}", 1, "1 bytes after" },
	{ "a tensor that ends after the file is refused",
	  "{'a':{~[2],@[0,8]}}", 7, "cut short" },
	{ "an offset near 2^53 is refused",
	  "{'a':{~[1],@[9007199254740986,9007199254740990]}}", 4, "cut short" },
	{ "an end before its begin is refused",
	  "{'a':{~[1],@[4,0]}}", 4, "data_offsets" },
	{ "a negative offset is refused",
	  "{'a':{~[1],@[-4,0]}}", 4, "data_offsets" },
	{ "an offset with a fraction is refused",
	  "{'a':{~[1],@[0,4.5]}}", 4, "data_offsets" },
	{ "an offset of 2^53 is refused, for it may be another rounded",
	  "{'a':{~[1],@[0,9007199254740993]}}", 4, "data_offsets" },
	{ "an infinite offset is refused",
	  "{'a':{~[1],@[0,1e999]}}", 4, "data_offsets" },
	{ "an offset written as text is refused",
	  "{'a':{~[1],@[0,'4']}}", 4, "data_offsets" },
	{ "three offsets are refused",
	  "{'a':{~[1],@[0,4,4]}}", 4, "data_offsets" },
	{ "one offset is refused",
	  "{'a':{~[1],@[4]}}", 4, "data_offsets" },
	{ "offsets that are an object are refused",
	  "{'a':{~[1],@{'b':0,'e':4}}}", 4, "data_offsets" },
	{ "missing offsets are refused",
	  "{'a':{~[1]}}", 4, "data_offsets" },
	{ "a shape too large for its bytes is refused",
	  "{'a':{~[2],@[0,4]}}", 4, "do not hold" },
	{ "a shape too small for its bytes is refused",
	  "{'a':{~[1],@[0,8]}}", 8, "do not hold" },
	{ "a shape whose product overflows is refused",
	  "{'a':{~[4294967296,4294967296],@[0,0]}}", 0, "shape" },
	{ "a shape whose product in bytes overflows is refused",
	  "{'a':{~[4503599627370496,1024],@[0,0]}}", 0, "do not hold" },
	{ "a negative dimension is refused",
	  "{'a':{~[-1],@[0,4]}}", 4, "shape" },
	{ "a dimension with a fraction is refused",
	  "{'a':{~[1.5],@[0,4]}}", 4, "shape" },
	{ "a dimension that is null is refused",
	  "{'a':{~[null],@[0,4]}}", 4, "shape" },
	{ "nine dimensions are refused",
	  "{'a':{~[1,1,1,1,1,1,1,1,1],@[0,4]}}", 4, "shape" },
	{ "a missing shape is refused",
	  "{'a':{'dtype':'F32',@[0,4]}}", 4, "shape" },
	{ "a field in capitals is not the field",
	  "{'a':{'dtype':'F32','SHAPE':[1],@[0,4]}}", 4, "shape" },
	{ "an unknown dtype is refused",
	  "{'a':{'dtype':'F31','shape':[1],@[0,4]}}", 4, "F31" },
	{ "a dtype that is a number is refused",
	  "{'a':{'dtype':32,'shape':[1],@[0,4]}}", 4, "dtype" },
	{ "a missing dtype is refused",
	  "{'a':{'shape':[1],@[0,4]}}", 4, "dtype" },
	{ "half a byte is refused",
	  "{'a':{'dtype':'F4','shape':[3],@[0,1]}}", 1, "do not hold" },
	{ "a tensor that is a list is refused",
	  "{'a':[1]}", 0, "object" },
	{ "metadata that are a list are refused",
	  "{'__metadata__':[]}", 0, "__metadata__" },
	{ "metadata that are not text are refused",
	  "{'__metadata__':{'a':1}}", 0, "not text" },
	{ "nested metadata are refused",
	  "{'__metadata__':{'a':{}}}", 0, "not text" },
	{ "a header that is a list is refused",
	  "[]", 0, "no header" },
	{ "a header that begins with a space is refused",
	  " {}", 0, "no header" },
	{ "a header of nothing is refused",
	  "", 0, "no header" },
	{ "a header that does not end is refused",
	  "{'a':", 0, "JSON" },
	{ "a header with a second value is refused",
	  "{}{}", 0, "after" },
	{ "a comma too many is refused",
	  "{'a':{~[1],@[0,4]},}", 4, "JSON" },
	{ "a name with an escaped NUL is refused",
	  "{'a\\u0000b':{~[1],@[0,4]}}", 4, "NUL" },
	{ "a name that is not UTF-8 is refused",
	  "{'\xc3\x28':{~[1],@[0,4]}}", 4, "UTF-8" },
	{ "an overlong character is refused",
	  "{'\xc0\xaf':{~[1],@[0,4]}}", 4, "UTF-8" },
	{ "half a surrogate pair is refused",
	  "{'\xed\xa0\x80':{~[1],@[0,4]}}", 4, "UTF-8" },
};

enum { LIES = sizeof lies / sizeof lies[0] };

static void
expand(char *to, const char *from)
{
	for (; *from; from++) {
		if (*from == '~')
			to = stpcpy(to, "\"dtype\":\"F32\",\"shape\":");
		else if (*from == '@')
			to = stpcpy(to, "\"data_offsets\":");
		else
			*to++ = *from == '\'' ? '"' : *from;
	}
	*to = '\0';
}

static void
test_lie(void **state)
{
	const struct lie *lie = *state;
	struct safetensors s;
	char header[512];
	size_t size;
	uint8_t *bytes;
	const char *why;

	expand(header, lie->header);
	bytes = file_make(&size, header, strlen(header), lie->data);
	why = safetensors_parse(&s, bytes, size);

	assert_non_null(why);
	if (!strstr(why, lie->says))
		fail_msg("want '%s' in '%s'", lie->says, why);
	safetensors_release(&s);
	free(bytes);
}

int
main(void)
{
	struct CMUnitTest tests[LIES];

	for (size_t i = 0; i < LIES; i++) {
		tests[i] = (struct CMUnitTest){ .name = lies[i].title };
		tests[i].test_func = test_lie;
		tests[i].initial_state = (void *)(uintptr_t)&lies[i];
	}
	return _cmocka_run_group_tests("lies", tests, LIES, NULL, NULL);
}
