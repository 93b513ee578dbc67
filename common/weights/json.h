/*
 * json.h - reads JSON strictly, edits it, and writes texts as JSON
 *
 * These are refused, too: a name twice in one object, text that
 * is not UTF-8 or holds a NUL, anything after the value, nesting over 1000.
 * Names are compared exactly.  Functions that read a value accept NULL for a
 * missing one, and return NULL or false.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct json;

enum { JSON_ITEMS_MAX = 4000000, JSON_FILE_MAX = 1 << 26 };

enum json_kind {
	JSON_NONE, JSON_OBJECT, JSON_ARRAY, JSON_TEXT, JSON_NUMBER,
	JSON_TRUTH, JSON_NULL
};

/* NULL, and *why (a constant text), when it is refused. */
struct json *json_parse(const char *bytes, size_t size, const char **why);
void json_release(struct json *j);

/*
 * The same from a file; *text, unless text is NULL, is its contents.  *why
 * names the file.  The caller frees both.
 */
struct json *json_read(const char *path, char **text, char **why);

enum json_kind json_kind(const struct json *j);

/* Members of an object or an array: for (m = first; m; m = next). */
const struct json *json_first(const struct json *j);
const struct json *json_next(const struct json *member);
size_t json_length(const struct json *j);
const char *json_key(const struct json *member);
const struct json *json_find(const struct json *object, const char *key);

/* The same, but null is NULL, too. */
const struct json *json_given(const struct json *object, const char *key);

/* The value, where it is one of that kind; else NULL or false. */
const char *json_text(const struct json *j);
bool json_real(const struct json *j, double *x);
bool json_count(const struct json *j, size_t *n); /* whole, 0 to 2^53 - 1 */
bool json_truth(const struct json *j, bool *truth);

/* The same values; members of objects in any order. */
bool json_equal(const struct json *a, const struct json *b);

/* A member of an object that changes: its new value in JSON, NULL: none. */
struct json_change { const char *key, *value; };

/*
 * Writes an object, whose text was parsed to j, with members changed, left out
 * or added at its end.  The others keep their bytes: 0.0 does not become 0.
 */
void json_edit(FILE *fp, const struct json *j, const char *text,
               const struct json_change *change, size_t changes);

/* A copy of the bytes of the member, which must be there; to be freed. */
char *json_member_text(const struct json *object, const char *text,
                       const char *key);

/* Text in quotes and escaped; bytes that are not UTF-8 become '?'. */
void json_write_text(FILE *fp, const char *text);
