#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/xalloc.h"
#include "weights/json.h"

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

void
json_edit(FILE *fp, const struct json *j, const char *text,
          const struct json_change *change, size_t changes)
{
	const char *at = strchr(text, '{') + 1; /* maybe after a BOM */
	const struct json *member;
	bool begun = false;

	fputc('{', fp);
	for (member = json_first(j); member; member = json_next(member)) {
		const char *key = json_key(member), *value, *end;
		const struct json_change *c = change_find(change, changes,
		                                          key);

		/* "key" : value , */
		at = space_skip(text_skip(space_skip(at))) + 1;
		value = space_skip(at);
		end = value_skip(value);
		at = end + (*end == ',');
		while (end > value && blank(end[-1]))
			end--;
		if (!c)
			member_write(fp, &begun, key, value,
			             (size_t)(end - value));
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
