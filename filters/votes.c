/*
 * votes - turn the votes of listeners into a teacher
 *
 *	votes -k anger,happiness,neutral,sadness votes.tsv >votes.frames
 *	framejoin --partial train.frames votes.frames >supervised.frames
 *
 * reads   a table: path or id, and the number of votes for each class
 * writes  an utterance for each row: id, teacher.NAME.logits [K], .classes,
 *         .language
 *
 * A row without votes is dropped with a reason on stderr and counted in the
 * end frame.  See votes(1) and tunne-frame(5).
 */
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/progress.h"
#include "core/texts.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "corpus/labels.h"
#include "corpus/listeners.h"
#include "corpus/manifest.h"
#include "stream/fields.h"
#include "stream/writer.h"

enum { NAME_BYTES_MAX = 200 };

/* Dies where a column that was taken for a class has no votes. */
static void
columns_check(const struct listeners *l, const struct manifest *m)
{
	const char *bad = l->guessed ? listeners_column_bad(l, m) : NULL;

	if (bad)
		die("%s:%zu: column '%s' has no number of votes (--classes "
		    "names the columns of votes)", m->table.file,
		    m->table.line, bad);
}

static void
votes(const struct listeners *l, struct manifest *m, struct writer *out)
{
	struct frame f = FRAME_INIT;
	struct texts ids = TEXTS_INIT;
	struct progress progress;
	size_t expected = tsv_count(m->table.file);
	const char *why;

	if (expected > 0)
		frame_set_number(&f, FIELD_EXPECTED, (double)expected);
	writer_begin(out, &f);
	progress_begin(&progress, "utterances", expected);
	while (manifest_next(m, &why)) {
		char *id;

		if (!why && ids.length == 0)
			columns_check(l, m);
		id = manifest_id(m, why);
		frame_clear(&f);
		frame_set_text(&f, FIELD_FRAME, "utterance");
		frame_set_text(&f, FIELD_ID, id);
		if (!why && texts_find(&ids, id) != TEXTS_NONE)
			why = "a second row of this id";
		if (!why) {
			texts_add(&ids, id);
			why = listeners_add(l, m, &f);
		}
		if (why)
			writer_drop(out, id, why);
		else
			writer_put(out, &f);
		progress_add(&progress, 1);
		free(id);
	}
	progress_end(&progress);
	texts_release(&ids);
	frame_release(&f);
}

static void
options_check(const struct listeners *l, const char *table)
{
	size_t length = strlen(l->name);

	if (length == 0 || length > NAME_BYTES_MAX ||
	    strpbrk(l->name, ".:=") || !utf8_valid(l->name))
		die_usage("--teacher %s: want a name of 1 to %d bytes without "
		          "\".\", \":\" and \"=\"", l->name, NAME_BYTES_MAX);
	if (l->language && (!*l->language || !utf8_valid(l->language)))
		die_usage("--language %s: want a code such as en",
		          l->language);
	cli_stdin_check(table, "a table");
}

int
main(int argc, char *argv[])
{
	struct listeners l = { .name = "listeners", .smoothing = .5f };
	const char *list = NULL;
	struct cli_option options[] = {
		OPT_STRING('t', "teacher", &l.name, "NAME",
		           "name of the teacher"),
		OPT_STRING('k', "classes", &list, "CLASS,...",
		           "columns of votes [all further columns]"),
		OPT_FLOAT('s', "smoothing", &l.smoothing, .001, 1000,
		          "votes added to each class"),
		OPT_STRING('l', "language", &l.language, "CODE",
		           "language of the listeners"),
		OPT_END
	};
	const struct cli_about about = {
		"turn the votes of listeners into a teacher", "[FILE]", 0, 1
	};
	int first = cli_parse(argc, argv, options, &about);
	const char *name = first < argc ? argv[first] : "-";
	char *copy = list ? xstrdup(list) : NULL;
	struct manifest table;
	struct writer out;

	options_check(&l, name);
	if (copy)
		l.classes = cli_names(l.class, LISTENERS_CLASSES_MAX, copy,
		                      "--classes");
	manifest_open_ids(&table, name);
	listeners_classes(&l, &table);
	for (size_t k = 0; k < l.classes; k++)
		label_doubt(l.class[k]);
	cli_stdout_check();
	writer_open(&out, stdout, "<stdout>", NULL, argc, argv);
	votes(&l, &table, &out);
	manifest_close(&table);
	free(copy);
	return writer_close(&out);
}
