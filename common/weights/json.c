#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "core/xalloc.h"
#include "weights/json.h"

/* struct json is cJSON by another name, so that nobody else includes it. */
static const cJSON *
inner(const struct json *j)
{
	return (const cJSON *)j;
}

/*
 * cJSON copies invalid UTF-8 and ends a text at an escaped NUL; neither may
 * happen.  A backslash that is itself escaped is skipped with its escape.
 * Each value follows a comma or a bracket.
 */
static const char *
bytes_check(const char *bytes, size_t size)
{
	const char *s = bytes;
	size_t length, items = 0;
	bool text = false;

	for (size_t i = 0; i < size; i += length) {
		length = s[i] & 0x80 ? utf8_length(s + i, size - i) : 1;
		if (length == 0)
			return "JSON that is not UTF-8";
		if (s[i] == '\0')
			return "JSON with a NUL in it";
		text ^= s[i] == '"';
		items += !text && (s[i] == ',' || s[i] == '[' || s[i] == '{');
		if (items > JSON_ITEMS_MAX)
			return "JSON of too many values";
		if (s[i] != '\\')
			continue;
		if (size - i >= 6 && memcmp(s + i, "\\u0000", 6) == 0)
			return "JSON with a NUL in it";
		if (size - i >= 2 && (s[i + 1] & 0x80) == 0)
			length = 2;
	}
	return NULL;
}

static int
key_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
keys_repeat(const cJSON *object)
{
	size_t n = 0;
	bool repeat = false;
	const cJSON *member;
	char **key;

	cJSON_ArrayForEach(member, object)
		n++;
	key = xmalloc(n, sizeof *key);
	n = 0;
	cJSON_ArrayForEach(member, object)
		key[n++] = member->string;
	qsort(key, n, sizeof *key, key_compare);
	for (size_t i = 1; i < n; i++)
		repeat |= strcmp(key[i - 1], key[i]) == 0;
	free(key);
	return repeat;
}

/* In j or anywhere below; cJSON has bounded the depth. */
static bool
any_repeats(const cJSON *j)
{
	const cJSON *member;

	if (cJSON_IsObject(j) && keys_repeat(j))
		return true;
	cJSON_ArrayForEach(member, j)
		if (any_repeats(member))
			return true;
	return false;
}

static bool
only_space(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' ||
	                   *s == '\r'))
		s++;
	return s == end;
}

struct json *
json_parse(const char *bytes, size_t size, const char **why)
{
	const char *end = NULL;
	cJSON *j;

	*why = bytes_check(bytes, size);
	if (*why)
		return NULL;
	j = cJSON_ParseWithLengthOpts(bytes, size, &end, 0);
	if (!j)
		*why = "not JSON, or nested too deeply";
	else if (!only_space(end, bytes + size))
		*why = "something after the end of the JSON";
	else if (any_repeats(j))
		*why = "JSON with the same name twice in one object";
	if (*why) {
		cJSON_Delete(j);
		return NULL;
	}
	return (struct json *)j;
}

void
json_release(struct json *j)
{
	cJSON_Delete((cJSON *)j);
}

enum json_kind
json_kind(const struct json *j)
{
	const cJSON *c = inner(j);

	return cJSON_IsObject(c) ? JSON_OBJECT
	     : cJSON_IsArray(c) ? JSON_ARRAY
	     : cJSON_IsString(c) ? JSON_TEXT
	     : cJSON_IsNumber(c) ? JSON_NUMBER
	     : cJSON_IsBool(c) ? JSON_TRUTH
	     : cJSON_IsNull(c) ? JSON_NULL : JSON_NONE;
}

const struct json *
json_first(const struct json *j)
{
	return j ? (const struct json *)inner(j)->child : NULL;
}

const struct json *
json_next(const struct json *member)
{
	return (const struct json *)inner(member)->next;
}

size_t
json_length(const struct json *j)
{
	size_t n = 0;

	for (j = json_first(j); j; j = json_next(j))
		n++;
	return n;
}

const char *
json_key(const struct json *member)
{
	return inner(member)->string;
}

const struct json *
json_find(const struct json *object, const char *key)
{
	if (json_kind(object) != JSON_OBJECT)
		return NULL;
	for (object = json_first(object); object; object = json_next(object))
		if (strcmp(json_key(object), key) == 0)
			return object;
	return NULL;
}

const char *
json_text(const struct json *j)
{
	return json_kind(j) == JSON_TEXT ? inner(j)->valuestring : NULL;
}

bool
json_real(const struct json *j, double *x)
{
	if (json_kind(j) != JSON_NUMBER || !isfinite(inner(j)->valuedouble))
		return false;
	*x = inner(j)->valuedouble;
	return true;
}

bool
json_count(const struct json *j, size_t *n)
{
	double x;

	if (!json_real(j, &x) || x < 0 || x >= 0x1p53 || x != floor(x))
		return false;
	*n = (size_t)x;
	return true;
}

bool
json_truth(const struct json *j, bool *truth)
{
	if (json_kind(j) != JSON_TRUTH)
		return false;
	*truth = cJSON_IsTrue(inner(j));
	return true;
}

void
json_write_text(FILE *fp, const char *text)
{
	size_t left = strlen(text);

	fputc('"', fp);
	while (left > 0) {
		size_t length = utf8_length(text, left);

		if (length == 0)
			fputc('?', fp);
		else if ((unsigned char)*text < 0x20)
			fprintf(fp, "\\u%04x", *text);
		else if (*text == '"' || *text == '\\')
			fprintf(fp, "\\%c", *text);
		else
			fwrite(text, 1, length, fp);
		length += length == 0;
		text += length;
		left -= length;
	}
	fputc('"', fp);
}
