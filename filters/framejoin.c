/*
 * framejoin - add the fields of other streams by utterance id
 *
 *	framejoin --keys logits,classes --prefix =teacher.en. \
 *		a.frames logits.en.frames >both.frames
 *
 * reads  id of A's utterances
 * adds   the fields of B's utterance with the same id, in any order
 *
 * A is a file, or "-" for standard input.  Each B is a file, which is indexed,
 * not held in memory.  An utterance that a B lacks is dropped, or with
 * --partial kept.  See framejoin(1).
 */
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/utf8.h"
#include "stream/filter.h"
#include "stream/join.h"

static void
prefix_check(const struct cli_list *prefix)
{
	for (size_t i = 0; i < prefix->length; i++) {
		const char *equals = strchr(prefix->value[i], '=');

		if (!equals || strpbrk(equals + 1, "=,"))
			die_usage("--prefix %s: want old=new (repeat the "
			          "option for several)",
			          prefix->value[i]);
		if (!utf8_valid(prefix->value[i]))
			die_usage("--prefix %s: not UTF-8", prefix->value[i]);
	}
}

/* Joins A's next run; its header gets the provenance of every B. */
static void
framejoin(struct join *j, struct filter *s)
{
	join_header(j, &s->in.header);
	writer_begin(&s->out, &s->in.header);
	while (reader_next_in_run(&s->in, &s->frame))
		filter_put(s, join_frame(j, &s->frame));
	writer_end(&s->out, s->in.dropped);
}

int
main(int argc, char *argv[])
{
	struct join join = { .source = NULL };
	const char *list = NULL;
	struct cli_option options[] = {
		OPT_STRING('k', "keys", &list, "KEYS",
		           "add only these fields, as in a,b,c*"),
		OPT_LIST('p', "prefix", &join.prefix, "OLD=NEW",
		         "rename added fields: OLDx becomes NEWx"),
		OPT_FLAG('r', "replace", &join.replace,
		         "replace fields that exist already"),
		OPT_FLAG('P', "partial", &join.partial,
		         "keep utterances that a file lacks"),
		OPT_END
	};
	const struct cli_about about = {
		.summary = "add the fields of other streams by utterance id",
		.operands = "A B ...", .operands_min = 2, .operands_max = -1
	};
	int first = cli_parse(argc, argv, options, &about);
	struct keys keys;
	struct filter s;

	prefix_check(&join.prefix);
	cli_value_check("keys", list, keys_check(list));
	keys_init(&keys, list);
	join.keys = list ? &keys : NULL;
	for (int i = first; i < argc; i++)
		cli_stdin_check(argv[i], "a stream of frames");
	for (int i = first + 1; i < argc; i++)
		join_open(&join, argv[i]);
	filter_open(&s, argv[first], argc, argv);
	s.in.mirror = NULL;
	while (reader_more(&s.in))
		framejoin(&join, &s);
	if (s.out.utterances_total > 0)
		keys_warn_unseen(&keys);
	if (s.in.utterances_total > 0)
		join_warn_unused(&join);
	join_release(&join);
	keys_release(&keys);
	return filter_close(&s);
}
