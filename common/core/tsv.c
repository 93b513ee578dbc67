#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/die.h"
#include "core/texts.h"
#include "core/tsv.h"
#include "core/utf8.h"
#include "core/xalloc.h"

enum { LINE_BYTES_MAX = 1 << 20 };

static void
byte_add(struct tsv *t, int c)
{
	if (t->length == LINE_BYTES_MAX)
		die("%s:%zu: a line of over 1 MiB: not a table", t->file,
		    t->line + 1);
	if (t->length + 2 > t->capacity) {
		t->capacity = 2 * t->capacity + 256;
		t->text = xrealloc(t->text, t->capacity, 1);
	}
	t->text[t->length++] = (char)c;
}

/*
 * Reads a line into t->text, without its end.  False at the end of the file.
 * A NUL is kept and makes t->length differ from strlen.
 */
static bool
line_read(struct tsv *t)
{
	int c;

	t->length = 0;
	while ((c = getc(t->in)) != EOF && c != '\n' &&
	       (c != '\r' || t->strict))
		byte_add(t, c);
	if (c == '\r' && (c = getc(t->in)) != '\n' && c != EOF)
		ungetc(c, t->in);
	if (ferror(t->in))
		die("read %s:", t->file);
	if (t->length == 0 && c == EOF)
		return false;
	t->line++;
	if (t->strict && c == EOF)
		die("%s:%zu: ends without a newline: the table was cut short, "
		    "or is none", t->file, t->line);
	if (!t->text)
		t->text = xcalloc(t->capacity = 256, 1);
	if (t->strict && t->length > 0 && t->text[t->length - 1] == '\r')
		t->length--;
	t->text[t->length] = '\0';
	return true;
}

/* What is wrong with the line, or NULL; of a program's, controls go. */
static const char *
line_check(const struct tsv *t)
{
	bool nul = strlen(t->text) != t->length;

	if (!nul && t->strict)
		utf8_tame(t->text);
	if (!nul && (t->strict || utf8_valid(t->text)))
		return NULL;
	if (strncmp(t->text, "\xff\xfe", 2) == 0 ||
	    strncmp(t->text, "\xfe\xff", 2) == 0)
		return "UTF-16 (save it as UTF-8, or iconv -f UTF-16)";
	return nul ? "a NUL byte: not a text file"
	           : "not UTF-8 (iconv converts)";
}

/* Without blanks at its ends, which an editor does not show. */
static const char *
trimmed(char *text)
{
	size_t length;

	text += strspn(text, " ");
	length = strlen(text);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	text[length] = '\0';
	return text;
}

/* Cuts text at its tabs into at most max fields; returns how many it has. */
static size_t
line_cut(char *text, const char **field, size_t max, bool trim)
{
	size_t n = 0;

	for (char *tab; text; text = tab ? tab + 1 : NULL, n++) {
		tab = strchr(text, '\t');
		if (tab)
			*tab = '\0';
		if (n < max)
			field[n] = trim ? trimmed(text) : text;
	}
	return n;
}

static void
columns_name(struct tsv *t)
{
	struct texts seen = TEXTS_INIT;

	t->columns = 1;
	for (const char *p = t->heading; *p; p++)
		t->columns += *p == '\t';
	t->column = xcalloc(t->columns, sizeof *t->column);
	t->value = xcalloc(t->columns, sizeof *t->value);
	line_cut(t->heading, t->column, t->columns, !t->strict);
	for (size_t i = 0; i < t->columns; i++)
		if (texts_add(&seen, t->column[i]) != i)
			die("%s:%zu: two columns have the name '%s'", t->file,
			    t->line, t->column[i]);
	texts_release(&seen);
}

bool
tsv_open(struct tsv *t, FILE *in, const char *file, bool strict)
{
	static const char bom[] = "\xef\xbb\xbf"; /* Excel writes it */
	size_t skip;
	const char *why;

	*t = (struct tsv){ .in = in, .file = file, .strict = strict };
	do {
		if (!line_read(t))
			return false;
		skip = t->line == 1 && strncmp(t->text, bom, 3) == 0 ? 3 : 0;
	} while (t->length == skip && !strict);
	why = line_check(t);
	if (why)
		die("%s:%zu: %s", file, t->line, why);
	t->heading = xstrdup(t->text + skip);
	columns_name(t);
	return true;
}

static bool
heading_repeated(const struct tsv *t, size_t fields)
{
	size_t i = 0;

	while (i < t->columns && i < fields &&
	       strcmp(t->value[i], t->column[i]) == 0)
		i++;
	return i == t->columns && i == fields;
}

bool
tsv_next(struct tsv *t, const char **why)
{
	size_t fields;

	do {
		do {
			if (!line_read(t))
				return false;
		} while (t->length == 0 && !t->strict);
		*why = line_check(t);
		if (*why)
			return true;
		fields = line_cut(t->text, t->value, t->columns, false);
	} while (t->strict && heading_repeated(t, fields));
	if (fields != t->columns) {
		snprintf(t->why, sizeof t->why, "%zu field%s, but the "
		         "heading has %zu", fields, fields == 1 ? "" : "s",
		         t->columns);
		*why = t->why;
	}
	return true;
}

size_t
tsv_column(const struct tsv *t, const char *name)
{
	size_t i = 0;

	while (i < t->columns && strcmp(t->column[i], name) != 0)
		i++;
	return i;
}

const char *
tsv_value(const struct tsv *t, const char *column)
{
	size_t i = tsv_column(t, column);

	return i < t->columns && *t->value[i] ? t->value[i] : NULL;
}

static bool
line_end(int c)
{
	return c == '\n' || c == '\r';
}

size_t
tsv_count(const char *file)
{
	struct stat st;
	FILE *in;
	size_t lines = 0;
	int c, last = '\n';

	if (stat(file, &st) != 0 || !S_ISREG(st.st_mode) ||
	    !(in = fopen(file, "r")))
		return 0; /* the caller will try to open it and say why */
	for (; (c = getc(in)) != EOF; last = c)
		lines += line_end(last) && !line_end(c);
	fclose(in);
	return lines > 0 ? lines - 1 : 0;
}

void
tsv_close(struct tsv *t)
{
	free(t->heading);
	free(t->text);
	free(t->column);
	free(t->value);
	*t = (struct tsv){ .in = NULL };
}
