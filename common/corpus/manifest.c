#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/die.h"
#include "core/number.h"
#include "core/texts.h"
#include "core/xalloc.h"
#include "corpus/manifest.h"
#include "stream/fields.h"
#include "stream/frame_scan.h"

static const char *const reserved[] = {
	FIELD_FRAME, FIELD_VERSION, FIELD_HISTORY, FIELD_EXPECTED,
	FIELD_VOICES, FIELD_UTTERANCES, FIELD_DROPPED, FIELD_RATE,
	FIELD_AUDIO, FIELD_FEATURES, FIELD_FEATURES_TYPE, FIELD_FUNCTIONALS,
	FIELD_ENCODING, FIELD_ENCODING_MODEL, FIELD_ENCODING_CMVN,
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

static bool
column_has(const struct manifest *m, const char *name)
{
	return tsv_column(&m->table, name) < m->table.columns;
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
	const struct tsv *t = &m->table;

	if (t->columns > FRAME_FIELDS_MAX / 2)
		die("%s:%zu: %zu columns are too many (want at most %d)",
		    t->file, t->line, t->columns, FRAME_FIELDS_MAX / 2);
	for (size_t i = 0; i < t->columns; i++) {
		const char *name = t->column[i];

		if (!*name)
			die("%s:%zu: column %zu has no name", t->file, t->line,
			    i + 1);
		if (strlen(name) > FRAME_KEY_MAX)
			die("%s:%zu: the name of column %zu has over %d bytes",
			    t->file, t->line, i + 1, FRAME_KEY_MAX);
		if (column_reserved(name))
			die("%s:%zu: column '%s' has the name of a field that "
			    "programs write (rename the column)", t->file,
			    t->line, name);
	}
	if (!column_has(m, "path") && !(m->ids && column_has(m, FIELD_ID)))
		die("%s:%zu: no column %s in the heading (tabs separate "
		    "columns)", t->file, t->line, columns_needed(m));
}

/* Warns of columns that look like those that programs know, and are not. */
static void
columns_doubt(const struct manifest *m)
{
	static const struct { const char *name, *known; } like[] = {
		{ "label", FIELD_LABEL }, { "emotion", FIELD_LABEL },
		{ "language", FIELD_LANGUAGE }, { "lang", FIELD_LANGUAGE },
		{ "speaker", FIELD_SPEAKER }, { "corpus", FIELD_CORPUS },
		{ "start", FIELD_START }, { "end", FIELD_END },
	};
	const struct tsv *t = &m->table;

	for (size_t i = 0; i < t->columns; i++)
		for (size_t k = 0; k < sizeof like / sizeof like[0]; k++)
			if (strcasecmp(t->column[i], like[k].name) == 0 &&
			    !column_has(m, like[k].known))
				warn("%s:%zu: no column '%s'; column '%s' is "
				     "not used in its place (rename it)",
				     t->file, t->line, like[k].known,
				     t->column[i]);
}

static void
table_open(struct manifest *m, const char *name, bool ids)
{
	const char *slash = strrchr(name, '/');
	bool standard = strcmp(name, "-") == 0;

	*m = (struct manifest){ .ids = ids };
	m->in = standard ? stdin : fopen(name, "r");
	if (!m->in)
		die("%s:", name);
	m->folder = xstrdup(slash ? name : "");
	if (slash)
		m->folder[slash - name + 1] = '\0';
	if (!tsv_open(&m->table, m->in, standard ? "<stdin>" : name, false))
		die("%s: an empty file: want a heading with a column %s",
		    m->table.file, columns_needed(m));
	columns_check(m);
	if (!ids)
		columns_doubt(m);
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
	return tsv_value(&m->table, column);
}

static const char *
time_read(const struct manifest *m, const char *column, double *seconds)
{
	const char *text = manifest_value(m, column);

	if (text && (!number_real(text, seconds) || *seconds < 0))
		return strcmp(column, FIELD_START) == 0 ?
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
	const char *path = manifest_value(m, "path");
	const char *id = m->ids ? manifest_value(m, FIELD_ID) : NULL;
	const char *why;

	if (!path && !id)
		return m->ids ? "no id" : "no path";
	m->start = 0;
	m->end = -1;
	m->part = manifest_value(m, FIELD_START) ||
	          manifest_value(m, FIELD_END);
	why = time_read(m, FIELD_START, &m->start);
	if (!why)
		why = time_read(m, FIELD_END, &m->end);
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
	if (!tsv_next(&m->table, why))
		return false;
	if (!*why)
		*why = line_parse(m);
	return true;
}

char *
manifest_id(const struct manifest *m, const char *why)
{
	const char *id = why ? NULL : manifest_value(m, FIELD_ID);

	if (why)
		return xasprintf("%s:%zu", m->table.file, m->table.line);
	return xstrdup(id ? id : manifest_value(m, "path"));
}

void
manifest_close(struct manifest *m)
{
	tsv_close(&m->table);
	if (m->in && m->in != stdin)
		fclose(m->in);
	free(m->folder);
	free(m->path);
	*m = (struct manifest){ .in = NULL };
}
