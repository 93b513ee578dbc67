/*
 * framecut - choose the fields and the utterances of a stream
 *
 *	framecut --drop audio --where language=fi <all.frames >fi.frames
 *
 * reads  any field
 * drops  what --keep does not name, or --drop does; frame and id always stay
 *
 * Utterances that do not meet every --where are left out, and are not counted
 * as dropped.  Values pass through as they came.  See framecut(1).
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

int
main(int argc, char *argv[])
{
	const char *keep = NULL, *drop = NULL, *wrong;
	struct cli_list conditions = { NULL, 0 };
	struct cli_option options[] = {
		OPT_STRING('k', "keep", &keep, "KEYS",
		           "keep these fields alone, as in a,b,c*"),
		OPT_STRING('d', "drop", &drop, "KEYS", "remove these fields"),
		OPT_LIST('w', "where", &conditions, "COND",
		         "only utterances with key=value or key!=value"),
		OPT_END
	};
	const struct cli_about about = {
		.summary = "choose the fields and the utterances of a stream",
		.operands = "[FILE]", .operands_max = 1
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
	if (s.out.utterances_total > 0)
		keys_warn_unseen(&keys);
	where_warn_unseen(&where);
	if (s.in.utterances_total > 0 && s.out.utterances_total == 0)
		warn("%s: none of %zu utterances is as --where wants it",
		     s.in.name, s.in.utterances_total);
	keys_release(&keys);
	where_release(&where);
	free(conditions.value);
	return filter_close(&s);
}
