#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

const struct json *
json_given(const struct json *object, const char *key)
{
	const struct json *j = json_find(object, key);

	return json_kind(j) == JSON_NULL ? NULL : j;
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

bool
json_equal(const struct json *a, const struct json *b)
{
	return cJSON_Compare(inner(a), inner(b), true);
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

/* Everything in fd, ended by a NUL; NULL and *why (a constant text). */
static char *
text_read(int fd, size_t *size, const char **why)
{
	struct stat about;
	char *text;
	ssize_t n = 1;

	*why = NULL;
	if (fstat(fd, &about) != 0)
		*why = strerror(errno);
	else if (!S_ISREG(about.st_mode))
		*why = "not a regular file";
	else if (about.st_size > JSON_FILE_MAX)
		*why = "over 64 MiB";
	if (*why)
		return NULL;
	text = xmalloc((size_t)about.st_size + 1, 1);
	*size = 0;
	while (*size < (size_t)about.st_size && n > 0) {
		n = read(fd, text + *size, (size_t)about.st_size - *size);
		*size += n > 0 ? (size_t)n : 0;
	}
	text[*size] = '\0';
	if (n >= 0)
		return text;
	*why = strerror(errno);
	free(text);
	return NULL;
}

struct json *
json_read(const char *path, char **text, char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *reason = strerror(errno);
	struct json *j = NULL;
	char *bytes = NULL;
	size_t size;

	if (fd >= 0) {
		bytes = text_read(fd, &size, &reason);
		close(fd);
	}
	if (bytes)
		j = json_parse(bytes, size, &reason);
	*why = j ? NULL : xasprintf("%s: %s", path, reason);
	if (j && text)
		*text = bytes;
	else
		free(bytes);
	return j;
}

/* The parser takes all control characters for blanks. */
static bool
blank(char c)
{
	return c != '\0' && (unsigned char)c <= ' ';
}

static const char *
space_skip(const char *s)
{
	while (blank(*s))
		s++;
	return s;
}

/* After the text that begins at s. */
static const char *
text_skip(const char *s)
{
	for (s++; *s != '"'; s++)
		s += *s == '\\';
	return s + 1;
}

/* After the value that begins at s; what is nested is only counted. */
static const char *
value_skip(const char *s)
{
	size_t depth = 0;

	for (;;) {
		if (*s == '"') {
			s = text_skip(s);
			continue;
		}
		if (depth == 0 && strchr(",]}", *s))
			return s;
		depth += *s == '{' || *s == '[';
		depth -= *s == '}' || *s == ']';
		s++;
	}
}

static const struct json_change *
change_find(const struct json_change *change, size_t changes, const char *key)
{
	for (size_t i = 0; i < changes; i++)
		if (strcmp(change[i].key, key) == 0)
			return &change[i];
	return NULL;
}

static void
member_write(FILE *fp, bool *begun, const char *key, const char *value,
             size_t size)
{
	fputs(*begun ? ",\n  " : "\n  ", fp);
	*begun = true;
	json_write_text(fp, key);
	fputs(": ", fp);
	fwrite(value, 1, size, fp);
}

/* The value of the member that begins at *at; *at becomes the next one. */
static const char *
member_next(const char **at, size_t *size)
{
	/* "key" : value , */
	const char *key = text_skip(space_skip(*at));
	const char *value = space_skip(space_skip(key) + 1);
	const char *end = value_skip(value);

	*at = end + (*end == ',');
	while (end > value && blank(end[-1]))
		end--;
	*size = (size_t)(end - value);
	return value;
}

char *
json_member_text(const struct json *object, const char *text, const char *key)
{
	const char *at = strchr(text, '{') + 1, *value = NULL;
	size_t size = 0;

	for (object = json_first(object); object; object = json_next(object)) {
		value = member_next(&at, &size);
		if (strcmp(json_key(object), key) == 0)
			break;
	}
	return xasprintf("%.*s", (int)size, value);
}

void
json_edit(FILE *fp, const struct json *j, const char *text,
          const struct json_change *change, size_t changes)
{
	const char *at = strchr(text, '{') + 1; /* maybe after a BOM */
	const struct json *member;
	bool begun = false;

	fputc('{', fp);
	for (member = json_first(j); member; member = json_next(member)) {
		const char *key = json_key(member), *value;
		const struct json_change *c = change_find(change, changes,
		                                          key);
		size_t size;

		value = member_next(&at, &size);
		if (!c)
			member_write(fp, &begun, key, value, size);
		else if (c->value)
			member_write(fp, &begun, key, c->value,
			             strlen(c->value));
	}
	for (size_t i = 0; i < changes; i++)
		if (change[i].value && !json_find(j, change[i].key))
			member_write(fp, &begun, change[i].key,
			             change[i].value,
			             strlen(change[i].value));
	fputs(begun ? "\n}\n" : "}\n", fp);
}
