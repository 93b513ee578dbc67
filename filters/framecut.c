/*
 * framecut - choose the fields and the utterances of a stream
 *
 *	framecut --drop audio --where language=fi <all.frames >fi.frames
 *
 * reads    any field
 * removes  the fields of --drop, or all but those of --keep, frame and id
 *
 * Utterances that fail a --where are left out, but not counted as dropped.
 * Values stay as they are.  See framecut(1).
 */
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "stream/fields.h"
#include "stream/filter.h"
#include "stream/match.h"

/* Removes the fields that match, or those that do not. */
static void
framecut(struct frame *f, struct keys *keys, bool keep)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->fields; i++) {
		const char *name = f->field[i].name;
		bool match = keys_match(keys, name);

		if (match == keep || strcmp(name, FIELD_FRAME) == 0 ||
		    strcmp(name, FIELD_ID) == 0)
			f->field[kept++] = f->field[i];
	}
	f->fields = kept;
}

/* Warns of keys and conditions that matched nothing. */
static void
unmatched_warn(const struct filter *s, const struct keys *keys,
               const struct where *where)
{
	if (s->out.utterances_total > 0)
		keys_warn_unseen(keys);
	where_warn_unseen(where);
	if (s->in.utterances_total > 0 && s->out.utterances_total == 0)
		warn("%s: no utterance of %zu matches --where", s->in.name,
		     s->in.utterances_total);
}

int
main(int argc, char *argv[])
{
	const char *keep = NULL, *drop = NULL, *wrong;
	struct cli_list conditions = { NULL, 0 };
	struct cli_option options[] = {
		OPT_STRING('k', "keep", &keep, "KEYS",
		           "keep only these fields, as in a,b,c*"),
		OPT_STRING('d', "drop", &drop, "KEYS", "remove these fields"),
		OPT_LIST('w', "where", &conditions, "COND",
		         "only utterances with key=value or key!=value"),
		OPT_END
	};
	const struct cli_about about = {
		"choose the fields and the utterances of a stream",
		"[FILE]", 0, 1
	};
	int first = cli_parse(argc, argv, options, &about);
	struct keys keys;
	struct where where;
	struct filter s;

	if (keep && drop)
		die_usage("--keep and --drop exclude each other");
	cli_value_check("keep", keep, keys_check(keep));
	cli_value_check("drop", drop, keys_check(drop));
	keys_init(&keys, keep ? keep : drop);
	wrong = where_init(&where, conditions.value, conditions.length);
	if (wrong)
		die_usage("--where %s: want key=value or key!=value", wrong);
	filter_open(&s, first < argc ? argv[first] : "-", argc, argv);
	s.out.fewer = where.length > 0;
	while (filter_next(&s))
		if (where_match(&where, &s.frame)) {
			framecut(&s.frame, &keys, keep != NULL);
			filter_put(&s, NULL);
		}
	unmatched_warn(&s, &keys, &where);
	keys_release(&keys);
	where_release(&where);
	free(conditions.value);
	return filter_close(&s);
}
