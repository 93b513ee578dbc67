#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/number.h"
#include "core/progress.h"
#include "core/tsv.h"
#include "core/xalloc.h"
#include "eval/predictions.h"

/* The role of a column: a number of p->columns, or one of these. */
enum { ROLE_IGNORED = COLUMNS_MAX, ROLE_CONFIDENCE, ROLE_CLASS };

/* A file while it is read. */
struct input {
	struct tsv table;
	int *role;                /* [table.columns] */
	size_t before;            /* rows of files before it */
};

static const char *const known[COLUMNS_KNOWN] = {
	[COLUMN_ID] = "id", [COLUMN_START] = "start",
	[COLUMN_LABEL] = "label", [COLUMN_EMOTION] = "emotion",
	[COLUMN_LANGUAGE] = "language", [COLUMN_SPEAKER] = "speaker",
	[COLUMN_CORPUS] = "corpus", [COLUMN_SEEN] = "seen",
};

void
predictions_init(struct predictions *p)
{
	*p = (struct predictions){ .rows = 0 };
	for (size_t i = 0; i < COLUMNS_KNOWN; i++)
		texts_add(&p->columns, known[i]);
	texts_add(&p->text, "");
}

size_t
predictions_want(struct predictions *p, const char *column)
{
	size_t number = texts_add(&p->columns, column);

	if (number >= COLUMNS_MAX)
		die("more than %d columns wanted", COLUMNS_MAX);
	return number;
}

static int
column_role(struct predictions *p, const struct tsv *t, size_t i,
            bool after_confidence)
{
	const char *name = t->column[i];
	size_t column = texts_find(&p->columns, name);

	if (after_confidence) {
		size_t class = texts_add(&p->classes, name);

		if (p->classes.length > CLASSES_MAX || !*name)
			die("%s:1: want 1 to %d columns after confidence, "
			    "each a class", t->file, CLASSES_MAX);
		return ROLE_CLASS + (int)class;
	}
	if (strcmp(name, "confidence") == 0)
		return ROLE_CONFIDENCE;
	if (column == TEXTS_NONE)
		return ROLE_IGNORED;
	p->present[column] = true;
	return (int)column;
}

/* Dies unless the heading has what every table must have. */
static void
heading_check(const struct input *in, size_t classes)
{
	const struct tsv *t = &in->table;
	static const char *const needed[] = {
		"id", "label", "emotion", "confidence"
	};

	for (size_t n = 0; n < sizeof needed / sizeof needed[0]; n++) {
		size_t i = tsv_column(t, needed[n]);

		if (i == t->columns || in->role[i] >= ROLE_CLASS)
			die("%s:1: no column '%s' in the heading; want the "
			    "table that predict prints without --json or "
			    "--frames%s", t->file, needed[n],
			    t->columns == 1 ? ", with tabs between columns"
			                    : "");
	}
	if (classes == 0)
		die("%s:1: no class after the column confidence", t->file);
}

static void
heading_read(struct predictions *p, struct input *in)
{
	const struct tsv *t = &in->table;
	size_t before = p->classes.length, own = 0;
	bool after_confidence = false;

	in->role = xcalloc(t->columns, sizeof *in->role);
	for (size_t i = 0; i < t->columns; i++) {
		in->role[i] = column_role(p, t, i, after_confidence);
		after_confidence |= in->role[i] == ROLE_CONFIDENCE;
		own += in->role[i] >= ROLE_CLASS;
	}
	heading_check(in, own);
	if (p->keep && p->rows > 0 &&
	    (p->classes.length != before || own != before))
		die("%s:1: other classes than in the table before", t->file);
}

static double
number_of(const struct tsv *t, const char *text, const char *what)
{
	double x = 0;

	if (!number_real(text, &x))
		die("%s:%zu: %s '%s' is not a number", t->file, t->line, what,
		    text);
	return x;
}

static void
row_grow(struct predictions *p)
{
	if (p->rows < p->capacity)
		return;
	p->capacity = p->capacity ? 2 * p->capacity : 1024;
	p->confidence = xrealloc(p->confidence, p->capacity,
	                         sizeof *p->confidence);
	p->value = xrealloc(p->value, p->capacity,
	                    p->columns.length * sizeof *p->value);
	if (p->keep)
		p->probability = xrealloc(p->probability, p->capacity,
			p->classes.length * sizeof *p->probability);
}

static void
probability_keep(struct predictions *p, const struct tsv *t, int class,
                 double x)
{
	if (!(x >= 0 && x <= 1 + 1e-5))
		die("%s:%zu: probability %g: want 0 to 1", t->file, t->line,
		    x);
	p->probability[p->rows * p->classes.length + (size_t)class] = x;
}

/* Checks and keeps what is a number in the row. */
static void
row_numbers(struct predictions *p, const struct input *in, bool answered)
{
	const struct tsv *t = &in->table;
	double confidence = 0;

	for (size_t i = 0; i < t->columns; i++) {
		bool confident = in->role[i] == ROLE_CONFIDENCE;
		double x;

		if (!confident && in->role[i] < ROLE_CLASS)
			continue;
		if (!answered && !*t->value[i])
			continue;
		x = number_of(t, t->value[i],
		              confident ? "confidence" : "probability");
		if (confident)
			confidence = x;
		else if (p->keep && answered)
			probability_keep(p, t, in->role[i] - ROLE_CLASS, x);
	}
	if (!answered)
		confidence = 0;
	/* a probability that was rounded upwards is still one */
	if (!(confidence >= 0 && confidence <= 1 + 1e-5))
		die("%s:%zu: confidence %g: want a probability, 0 to 1",
		    t->file, t->line, confidence);
	p->confidence[p->rows] = confidence > 1 ? 1 : confidence;
}

/* Adds the row's key: windows of one file share its id, not their start. */
static void
row_key(struct predictions *p, const struct input *in)
{
	const struct tsv *t = &in->table;
	const char *id = predictions_value(p, p->rows, COLUMN_ID);
	const char *start = predictions_value(p, p->rows, COLUMN_START);
	size_t number;
	char *key;

	if (!*id)
		die("%s:%zu: no id", t->file, t->line);
	key = *start ? xasprintf("%s\t%.3f", id, number_of(t, start, "start"))
	             : xasprintf("%s\t", id);
	number = texts_add(&p->keys, key);
	free(key);
	if (number != p->rows)
		die("%s:%zu: a second row of %s%s%s%s", t->file, t->line, id,
		    *start ? " at start " : "", start,
		    number < in->before ? ", which a table before has "
		    "(--compare takes another model's table)" : "");
}

static void
row_read(struct predictions *p, const struct input *in)
{
	const struct tsv *t = &in->table;
	uint32_t *value;
	const char *emotion;

	row_grow(p);
	value = p->value + p->rows * p->columns.length;
	memset(value, 0, p->columns.length * sizeof *value);
	if (p->keep)
		memset(p->probability + p->rows * p->classes.length, 0,
		       p->classes.length * sizeof *p->probability);
	for (size_t i = 0; i < t->columns; i++)
		if (in->role[i] < COLUMNS_MAX)
			value[in->role[i]] = (uint32_t)
				texts_add(&p->text, t->value[i]);
	emotion = p->text.text[value[COLUMN_EMOTION]];
	if (*emotion && texts_find(&p->classes, emotion) == TEXTS_NONE)
		die("%s:%zu: emotion '%s' is not a column after confidence",
		    t->file, t->line, emotion);
	row_numbers(p, in, *emotion != '\0');
	row_key(p, in);
	p->rows++;
}

static void
stream_read(struct predictions *p, FILE *fp, const char *file)
{
	struct input in = { .before = p->rows };
	struct tsv *t = &in.table;
	struct progress progress;
	const char *why;

	if (!tsv_open(t, fp, file, true))
		die("%s: empty; want predict's table (did the program before "
		    "it fail?)", file);
	heading_read(p, &in);
	progress_begin(&progress, "rows", 0);
	while (tsv_next(t, &why)) {
		if (why)
			die("%s:%zu: %s; want predict's table", file, t->line,
			    why);
		row_read(p, &in);
		progress_add(&progress, 1);
	}
	progress_end(&progress);
	tsv_close(t);
	free(in.role);
}

void
predictions_read(struct predictions *p, const char *file)
{
	bool standard = strcmp(file, "-") == 0;
	FILE *fp = standard ? stdin : fopen(file, "r");

	if (!fp)
		die("%s:", file);
	stream_read(p, fp, standard ? "<stdin>" : file);
	if (!standard)
		fclose(fp);
}

const char *
predictions_read_all(struct predictions *p, char *const file[])
{
	if (!*file) {
		predictions_read(p, "-");
		return "<stdin>";
	}
	for (size_t i = 0; file[i]; i++)
		predictions_read(p, file[i]);
	return *file;
}

const char *
predictions_value(const struct predictions *p, size_t row, size_t column)
{
	return p->text.text[p->value[row * p->columns.length + column]];
}

void
predictions_release(struct predictions *p)
{
	texts_release(&p->columns);
	texts_release(&p->classes);
	texts_release(&p->text);
	texts_release(&p->keys);
	free(p->value);
	free(p->confidence);
	free(p->probability);
}
