/*
 * framejoin - add the fields of other streams, utterance by utterance
 *
 *	framejoin --keys logits,classes --prefix =teacher.en. \
 *		a.frames logits.en.frames >both.frames
 *
 * reads  id of A's utterances
 * adds   the fields of B's utterance with the same id, in whatever order
 *
 * A is a file or "-", standard input; every B is a file, which is indexed and
 * not held in memory.  An utterance that a B lacks is dropped, or with
 * --partial passed on as it is.  See framejoin(1).
 */
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "stream/join.h"
#include "stream/writer.h"

static void
prefix_check(const struct cli_list *prefix)
{
	for (size_t i = 0; i < prefix->length; i++)
		if (!strchr(prefix->value[i], '='))
			die_usage("--prefix %s: want old=new",
			          prefix->value[i]);
}

/* Joins A's next run, whose header takes in how every B was made. */
static void
framejoin(struct join *j, struct reader *in, struct writer *out,
          struct frame *f)
{
	for (size_t i = 0; i < j->sources; i++)
		index_history_add(&j->source[i].index, &in->header);
	writer_begin(out, &in->header);
	while (reader_next_in_run(in, f)) {
		const char *why = join_frame(j, f);

		if (why)
			writer_drop(out, frame_id(f), why);
		else
			writer_put(out, f);
	}
	writer_end(out, in->dropped);
}

int
main(int argc, char *argv[])
{
	struct join join = { .source = NULL };
	const char *list = NULL;
	const struct cli_option options[] = {
		OPT_STRING('k', "keys", &list, "KEYS",
		           "add these fields alone, as in a,b,c*"),
		OPT_LIST('p', "prefix", &join.prefix, "OLD=NEW",
		         "rename what is added: OLDx becomes NEWx"),
		OPT_FLAG('r', "replace", &join.replace,
		         "replace fields that are there already"),
		OPT_FLAG('P', "partial", &join.partial,
		         "pass on utterances that a file lacks"),
		OPT_END
	};
	const struct cli_about about = {
		.summary = "add the fields of other streams by utterance id",
		.operands = "A B ...", .operands_min = 2, .operands_max = -1
	};
	int first = cli_parse(argc, argv, options, &about);
	struct frame f = FRAME_INIT;
	struct keys keys;
	struct reader in;
	struct writer out;

	prefix_check(&join.prefix);
	keys_init(&keys, list, "keys");
	join.keys = list ? &keys : NULL;
	for (int i = first + 1; i < argc; i++)
		join_open(&join, argv[i]);
	reader_open_path(&in, argv[first]);
	writer_open(&out, stdout, "<stdout>", &in, argc, argv);
	in.mirror = NULL;
	while (reader_more(&in))
		framejoin(&join, &in, &out, &f);
	if (out.utterances_total > 0)
		keys_warn_unseen(&keys);
	reader_close(&in);
	join_release(&join);
	keys_release(&keys);
	frame_release(&f);
	return writer_close(&out);
}
