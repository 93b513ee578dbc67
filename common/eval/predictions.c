#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/number.h"
#include "core/progress.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "eval/predictions.h"

/* What a field of this file is: a number of p->columns, or one of these. */
enum { LINE_BYTES_MAX = 1 << 20 };
enum { ROLE_IGNORED = COLUMNS_MAX, ROLE_CONFIDENCE, ROLE_CLASS };

/* A file while it is read. */
struct source {
	const char *file;
	size_t line;
	char *heading;            /* as it was written */
	char **field;             /* [fields], into the line being read */
	int *role;                /* [fields] */
	size_t fields;
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

/* Points at the fields of line, which is cut apart; how many there are. */
static size_t
line_split(char *line, char **field, size_t limit)
{
	size_t fields = 0;

	for (char *next = line; next; fields++) {
		char *tab = strchr(next, '\t');

		if (fields < limit)
			field[fields] = next;
		if (tab)
			*tab++ = '\0';
		next = tab;
	}
	return fields;
}

/* As getline; but a file that is no table must not fill the memory. */
static size_t
line_take(const struct source *s, FILE *in, char **buffer, size_t *size)
{
	size_t length = 0;
	int c = 0;

	while (c != '\n' && (c = getc(in)) != EOF) {
		if (length == LINE_BYTES_MAX)
			die("%s:%zu: over 1 MiB; want predict's table",
			    s->file, s->line + 1);
		if (length + 2 > *size) {
			*size = 2 * *size + 256;
			*buffer = xrealloc(*buffer, *size, 1);
		}
		(*buffer)[length++] = (char)c;
	}
	if (length > 0)
		(*buffer)[length] = '\0';
	return length;
}

/* The next line without its end, or NULL; dies where it is not text. */
static char *
line_read(struct source *s, FILE *in, char **buffer, size_t *size)
{
	size_t length = line_take(s, in, buffer, size);

	if (ferror(in))
		die("read %s:", s->file);
	if (length == 0)
		return NULL;
	s->line++;
	if (strlen(*buffer) != length)
		die("%s:%zu: not text; want predict's table",
		    s->file, s->line);
	if ((*buffer)[length - 1] != '\n')
		die("%s:%zu: ends without a newline: the table was cut"
		    " short, or is none", s->file, s->line);
	(*buffer)[--length] = '\0';
	if (length > 0 && (*buffer)[length - 1] == '\r')
		(*buffer)[length - 1] = '\0';
	utf8_tame(*buffer);
	return *buffer;
}

static int
field_role(struct predictions *p, const struct source *s, size_t f,
           bool after_confidence)
{
	size_t column = texts_find(&p->columns, s->field[f]);

	if (after_confidence) {
		texts_add(&p->classes, s->field[f]);
		if (p->classes.length > CLASSES_MAX || !*s->field[f])
			die("%s:1: want 1 to %d columns after confidence,"
			    " each a class", s->file, CLASSES_MAX);
		return ROLE_CLASS
			+ (int)texts_find(&p->classes, s->field[f]);
	}
	if (strcmp(s->field[f], "confidence") == 0)
		return ROLE_CONFIDENCE;
	if (column == TEXTS_NONE)
		return ROLE_IGNORED;
	p->present[column] = true;
	return (int)column;
}

/* Dies unless the heading has what every table must have. */
static void
heading_check(const struct source *s)
{
	static const int needed[] = {
		COLUMN_ID, COLUMN_LABEL, COLUMN_EMOTION, ROLE_CONFIDENCE,
		ROLE_CLASS
	};

	for (size_t n = 0; n < sizeof needed / sizeof needed[0]; n++) {
		size_t f = 0;

		while (f < s->fields && s->role[f] != needed[n] &&
		       !(needed[n] == ROLE_CLASS && s->role[f] > ROLE_CLASS))
			f++;
		if (f < s->fields)
			continue;
		if (needed[n] == ROLE_CLASS)
			die("%s:1: no class after the column confidence",
			    s->file);
		die("%s:1: no column '%s' in the heading;"
		    " want the table that predict makes without --json or "
		    "--frames%s", s->file,
		    needed[n] < COLUMNS_KNOWN ? known[needed[n]]
		                              : "confidence",
		    s->fields == 1 ? ", its columns parted by tabs" : "");
	}
}

static void
heading_read(struct predictions *p, struct source *s, char *line)
{
	struct texts seen = TEXTS_INIT;
	bool after_confidence = false;
	size_t classes, own = 0;

	if (strncmp(line, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
		line += 3;
	s->heading = xstrdup(line);
	s->fields = 1;
	for (const char *c = line; *c; c++)
		s->fields += *c == '\t';
	s->field = xcalloc(s->fields, sizeof *s->field);
	s->role = xcalloc(s->fields, sizeof *s->role);
	line_split(line, s->field, s->fields);
	classes = p->classes.length;
	for (size_t f = 0; f < s->fields; f++) {
		if (texts_add(&seen, s->field[f]) != f)
			die("%s:1: column '%s' is there twice", s->file,
			    s->field[f]);
		s->role[f] = field_role(p, s, f, after_confidence);
		after_confidence |= s->role[f] == ROLE_CONFIDENCE;
		own += s->role[f] >= ROLE_CLASS;
	}
	texts_release(&seen);
	heading_check(s);
	if (p->keep && p->rows > 0 &&
	    (p->classes.length != classes || own != classes))
		die("%s:1: other classes than in the table before",
		    s->file);
}

static double
field_number(const struct source *s, size_t f, const char *what)
{
	double x = 0;

	if (!number_real(s->field[f], &x))
		die("%s:%zu: %s '%s' is not a number", s->file, s->line,
		    what, s->field[f]);
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
probability_keep(struct predictions *p, const struct source *s, int class,
                 double x)
{
	if (!(x >= 0 && x <= 1 + 1e-5))
		die("%s:%zu: probability %g: want 0 to 1", s->file,
		    s->line, x);
	p->probability[p->rows * p->classes.length + (size_t)class] = x;
}

/* Checks and keeps what is a number in the row. */
static void
row_numbers(struct predictions *p, const struct source *s, bool answered)
{
	double confidence = 0;

	for (size_t f = 0; f < s->fields; f++) {
		bool confident = s->role[f] == ROLE_CONFIDENCE;
		double x;

		if (!confident && s->role[f] < ROLE_CLASS)
			continue;
		if (!answered && !*s->field[f])
			continue;
		x = field_number(s, f, confident ? "confidence"
		                                 : "probability");
		if (confident)
			confidence = x;
		else if (p->keep && answered)
			probability_keep(p, s, s->role[f] - ROLE_CLASS, x);
	}
	if (!answered)
		confidence = 0;
	/* a probability that was rounded upwards is still one */
	if (!(confidence >= 0 && confidence <= 1 + 1e-5))
		die("%s:%zu: confidence %g: want a probability, 0 to 1",
		    s->file, s->line, confidence);
	p->confidence[p->rows] = confidence > 1 ? 1 : confidence;
}

/* Windows of one file share its id and differ in their start. */
static void
row_key(struct predictions *p, const struct source *s, const char *id,
        size_t start)
{
	bool has_start = start < s->fields && *s->field[start];
	size_t number;
	char *key;

	if (!*id)
		die("%s:%zu: no id", s->file, s->line);
	key = has_start ? xasprintf("%s\t%.3f", id,
	                            field_number(s, start, "start"))
	                : xasprintf("%s\t", id);
	number = texts_add(&p->keys, key);
	free(key);
	if (number != p->rows)
		die("%s:%zu: %s%s%s is there twice%s", s->file, s->line,
		    id, has_start ? " at start " : "",
		    has_start ? s->field[start] : "", number < s->before
		    ? ", in a table before, too (--compare takes another "
		    "model's table)" : "");
}

static void
row_read(struct predictions *p, struct source *s, char *line)
{
	size_t fields = line_split(line, s->field, s->fields);
	size_t start = s->fields;
	uint32_t *value;
	const char *emotion;

	if (fields != s->fields)
		die("%s:%zu: %zu fields, but the heading has %zu",
		    s->file, s->line, fields, s->fields);
	row_grow(p);
	value = p->value + p->rows * p->columns.length;
	memset(value, 0, p->columns.length * sizeof *value);
	if (p->keep)
		memset(p->probability + p->rows * p->classes.length, 0,
		       p->classes.length * sizeof *p->probability);
	for (size_t f = 0; f < s->fields; f++) {
		if (s->role[f] == COLUMN_START)
			start = f;
		if (s->role[f] < COLUMNS_MAX)
			value[s->role[f]] = (uint32_t)texts_add(&p->text,
			                                        s->field[f]);
	}
	emotion = p->text.text[value[COLUMN_EMOTION]];
	if (*emotion && texts_find(&p->classes, emotion) == TEXTS_NONE)
		die("%s:%zu: emotion '%s' is no column after confidence",
		    s->file, s->line, emotion);
	row_numbers(p, s, *emotion != '\0');
	row_key(p, s, p->text.text[value[COLUMN_ID]], start);
	p->rows++;
}

void
predictions_read(struct predictions *p, FILE *in, const char *file)
{
	struct source s = { .file = file, .before = p->rows };
	struct progress progress;
	char *buffer = NULL, *line;
	size_t size = 0;

	line = line_read(&s, in, &buffer, &size);
	if (!line)
		die("%s: empty; want predict's table"
		    " (did the program before it fail?)", file);
	heading_read(p, &s, line);
	progress_begin(&progress, "rows", 0);
	while ((line = line_read(&s, in, &buffer, &size)))
		if (strcmp(line, s.heading) != 0) {
			row_read(p, &s, line);
			progress_add(&progress, 1);
		}
	progress_end(&progress);
	free(buffer);
	free(s.heading);
	free(s.field);
	free(s.role);
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
