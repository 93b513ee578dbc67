#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/die.h"
#include "core/number.h"
#include "core/texts.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "corpus/manifest.h"
#include "stream/fields.h"
#include "stream/frame_scan.h"

enum { LINE_BYTES_MAX = 1 << 20 };

static const char *const reserved[] = {
	FIELD_FRAME, FIELD_VERSION, FIELD_HISTORY, FIELD_EXPECTED,
	FIELD_VOICES, FIELD_UTTERANCES, FIELD_DROPPED, FIELD_RATE,
	FIELD_AUDIO, FIELD_FEATURES, FIELD_FEATURES_TYPE, FIELD_FUNCTIONALS,
	FIELD_CMVN, FIELD_AUGMENT, FIELD_LOGITS, FIELD_CLASSES,
	FIELD_EMBEDDING, FIELD_SEEN, FIELD_LOSS, FIELD_LOSS_CE,
	FIELD_LOSS_KD, FIELD_LOSS_EMBEDDING, FIELD_DLOGITS,
	FIELD_DEMBEDDING
};

static bool
column_reserved(const char *name)
{
	return text_listed(name, reserved,
	                   sizeof reserved / sizeof reserved[0]) ||
	       strncmp(name, FIELD_TEACHER, strlen(FIELD_TEACHER)) == 0 ||
	       strncmp(name, FIELD_WEIGHT, strlen(FIELD_WEIGHT)) == 0;
}

/*
 * Reads a line, which LF, CR or both end, into m->text.  False at the end of
 * the file.  A NUL is kept and makes *length differ from strlen.
 */
static bool
line_read(struct manifest *m, size_t *length)
{
	size_t n = 0;
	int c;

	while ((c = getc(m->fp)) != EOF && c != '\n' && c != '\r') {
		if (n == LINE_BYTES_MAX)
			die("%s:%zu: a line of over 1 MiB: not a table",
			    m->name, m->line + 1);
		if (n + 2 > m->capacity) {
			m->capacity = 2 * m->capacity + 256;
			m->text = xrealloc(m->text, m->capacity, 1);
		}
		m->text[n++] = (char)c;
	}
	if (c == '\r' && (c = getc(m->fp)) != '\n' && c != EOF)
		ungetc(c, m->fp);
	if (ferror(m->fp))
		die("%s:", m->name);
	if (n == 0 && c == EOF && feof(m->fp))
		return false;
	m->line++;
	if (!m->text)
		m->text = xcalloc(m->capacity = 256, 1);
	m->text[n] = '\0';
	*length = n;
	return true;
}

static const char *
line_check(const char *text, size_t length)
{
	if (length > 1 && (memcmp(text, "\xff\xfe", 2) == 0 ||
	                   memcmp(text, "\xfe\xff", 2) == 0))
		return "UTF-16 (save it as UTF-8, or iconv -f UTF-16)";
	if (strlen(text) != length)
		return "a NUL byte: not a text file";
	if (!utf8_valid(text))
		return "not UTF-8 (iconv converts)";
	return NULL;
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

/* Cuts text at its tabs into at most max pieces; returns how many it has. */
static size_t
line_cut(char *text, const char **piece, size_t max, bool trim)
{
	size_t n = 0;

	for (char *tab; text; text = tab ? tab + 1 : NULL) {
		tab = strchr(text, '\t');
		if (tab)
			*tab = '\0';
		if (n < max)
			piece[n] = trim ? trimmed(text) : text;
		n++;
	}
	return n;
}

static size_t
column_find(const struct manifest *m, const char *name)
{
	size_t i = 0;

	while (i < m->columns && strcmp(m->column[i], name) != 0)
		i++;
	return i;
}

static bool
column_has(const struct manifest *m, const char *name)
{
	return column_find(m, name) < m->columns;
}

/* What a heading must have, for messages. */
static const char *
columns_needed(const struct manifest *m)
{
	return m->ids ? "'path' or 'id'" : "'path'";
}

static void
columns_check(const struct manifest *m)
{
	for (size_t i = 0; i < m->columns; i++) {
		const char *name = m->column[i];

		if (!*name)
			die("%s:%zu: column %zu has no name", m->name, m->line,
			    i + 1);
		if (strlen(name) > FRAME_KEY_MAX)
			die("%s:%zu: the name of column %zu has over %d bytes",
			    m->name, m->line, i + 1, FRAME_KEY_MAX);
		if (column_find(m, name) < i)
			die("%s:%zu: two columns '%s'", m->name, m->line, name);
		if (column_reserved(name))
			die("%s:%zu: column '%s': the stream has its own field "
			    "of that name (rename the column)", m->name,
			    m->line, name);
	}
	if (!column_has(m, "path") && !(m->ids && column_has(m, FIELD_ID)))
		die("%s:%zu: no column %s in the heading (columns are "
		    "parted by tabs)", m->name, m->line, columns_needed(m));
}

/* Columns that look like those that programs know, and are not. */
static void
columns_doubt(const struct manifest *m)
{
	static const struct { const char *name, *known; } like[] = {
		{ "label", FIELD_LABEL }, { "emotion", FIELD_LABEL },
		{ "language", FIELD_LANGUAGE }, { "lang", FIELD_LANGUAGE },
		{ "speaker", FIELD_SPEAKER }, { "corpus", FIELD_CORPUS },
		{ "start", FIELD_START }, { "end", FIELD_END },
	};

	for (size_t i = 0; i < m->columns; i++)
		for (size_t k = 0; k < sizeof like / sizeof like[0]; k++)
			if (strcasecmp(m->column[i], like[k].name) == 0 &&
			    !column_has(m, like[k].known))
				warn("%s:%zu: no column '%s', but one '%s', "
				     "which programs know nothing of",
				     m->name, m->line, like[k].known,
				     m->column[i]);
}

/* The first line that is not empty, without a byte order mark. */
static void
heading_find(struct manifest *m)
{
	static const char bom[] = "\xef\xbb\xbf"; /* Excel's */
	size_t length, skip;
	const char *why;

	do {
		if (!line_read(m, &length))
			die("%s: an empty file: want a heading with a column "
			    "%s", m->name, columns_needed(m));
		skip = m->line == 1 && strncmp(m->text, bom, 3) == 0 ? 3 : 0;
	} while (length == skip);
	why = line_check(m->text, length);
	if (why)
		die("%s:%zu: %s", m->name, m->line, why);
	m->heading = xstrdup(m->text + skip);
}

static void
heading_read(struct manifest *m)
{
	heading_find(m);
	m->columns = 1;
	for (const char *p = m->heading; *p; p++)
		m->columns += *p == '\t';
	if (m->columns > FRAME_FIELDS_MAX / 2)
		die("%s:%zu: %zu columns are too many", m->name, m->line,
		    m->columns);
	m->column = xcalloc(m->columns, sizeof *m->column);
	m->value = xcalloc(m->columns, sizeof *m->value);
	line_cut(m->heading, m->column, m->columns, true);
	columns_check(m);
	if (!m->ids)
		columns_doubt(m);
}

static void
table_open(struct manifest *m, const char *name, bool ids)
{
	const char *slash = strrchr(name, '/');
	bool standard = strcmp(name, "-") == 0;

	*m = (struct manifest){
		.name = standard ? "<stdin>" : name, .ids = ids
	};
	m->fp = standard ? stdin : fopen(name, "r");
	if (!m->fp)
		die("%s:", name);
	if (standard && isatty(STDIN_FILENO))
		die_usage("standard input is a terminal, want a table");
	m->folder = xstrdup(slash ? name : "");
	if (slash)
		m->folder[slash - name + 1] = '\0';
	heading_read(m);
}

void
manifest_open(struct manifest *m, const char *name)
{
	table_open(m, name, false);
}

void
manifest_open_ids(struct manifest *m, const char *name)
{
	table_open(m, name, true);
}

const char *
manifest_value(const struct manifest *m, const char *column)
{
	size_t i = column_find(m, column);

	return i < m->columns && *m->value[i] ? m->value[i] : NULL;
}

static const char *
time_read(const struct manifest *m, const char *column, double *seconds)
{
	const char *text = manifest_value(m, column);

	if (text && (!number_real(text, seconds) || *seconds < 0))
		return strcmp(column, "start") == 0 ?
		       "start: want seconds" : "end: want seconds";
	return NULL;
}

/* A file by the name of "-" is not standard input. */
static char *
path_join(const char *folder, const char *path)
{
	const char *here = strcmp(path, "-") == 0 && !*folder ? "./" : folder;

	return xasprintf("%s%s", *path == '/' ? "" : here, path);
}

static const char *
line_parse(struct manifest *m)
{
	const char *path, *id, *why;
	size_t pieces = line_cut(m->text, m->value, m->columns, false);

	if (pieces < m->columns)
		return "fewer columns than the heading";
	if (pieces > m->columns)
		return "more columns than the heading";
	path = manifest_value(m, "path");
	id = m->ids ? manifest_value(m, FIELD_ID) : NULL;
	if (!path && !id)
		return m->ids ? "no id" : "no path";
	m->start = 0;
	m->end = -1;
	m->part = manifest_value(m, "start") || manifest_value(m, "end");
	why = time_read(m, "start", &m->start);
	if (!why)
		why = time_read(m, "end", &m->end);
	if (!why && m->end >= 0 && m->end <= m->start)
		why = "the end is not after the start";
	if (!why && m->ids && m->part && !id)
		why = "a part of a recording needs an id";
	free(m->path);
	m->path = path ? path_join(m->folder, path) : NULL;
	return why;
}

bool
manifest_next(struct manifest *m, const char **why)
{
	size_t length = 0;

	while (length == 0)
		if (!line_read(m, &length))
			return false;
	*why = line_check(m->text, length);
	if (!*why)
		*why = line_parse(m);
	return true;
}

char *
manifest_id(const struct manifest *m, const char *why)
{
	const char *id = why ? NULL : manifest_value(m, FIELD_ID);

	if (why)
		return xasprintf("%s:%zu", m->name, m->line);
	if (id)
		return xstrdup(id);
	return xstrdup(manifest_value(m, "path"));
}

static bool
line_end(int c)
{
	return c == '\n' || c == '\r';
}

size_t
manifest_count(const char *name)
{
	struct stat st;
	FILE *fp;
	size_t lines = 0;
	int c, last = '\n';

	if (stat(name, &st) != 0 || !S_ISREG(st.st_mode) ||
	    !(fp = fopen(name, "r")))
		return 0; /* manifest_open will say why */
	for (; (c = getc(fp)) != EOF; last = c)
		lines += line_end(last) && !line_end(c);
	fclose(fp);
	return lines > 0 ? lines - 1 : 0;
}

void
manifest_close(struct manifest *m)
{
	if (m->fp && m->fp != stdin)
		fclose(m->fp);
	free(m->folder);
	free(m->heading);
	free(m->text);
	free(m->column);
	free(m->value);
	free(m->path);
	*m = (struct manifest){ .fp = NULL };
}
