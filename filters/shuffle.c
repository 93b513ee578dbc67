/*
 * shuffle - reorder, balance or split the utterances of files
 *
 *	shuffle -s 7 --balance language,label train.frames | student-step …
 *
 * reads  the fields that the options name; frames are copied unchanged
 *
 * The files are read twice, first to index their utterances, so they cannot be
 * pipes.  Memory grows with the number of utterances, not with their size.  The
 * output is one run.  See shuffle(1).
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/number.h"
#include "core/progress.h"
#include "corpus/shuffle.h"
#include "stream/fields.h"
#include "stream/writer.h"

/* Copies the frames of a list of places. */
static void
shuffle(struct index *x, const size_t *list, size_t length,
        struct writer *out)
{
	struct frame *header = &x->reader[0].header;
	struct progress progress;

	progress_begin(&progress, "utterances", length);
	out->buffered = true; /* no live input */
	provenance_put(&x->provenance, header);
	frame_set_number(header, FIELD_EXPECTED, (double)length);
	writer_begin(out, header);
	for (size_t i = 0; i < length; i++) {
		const struct place *place = &x->place[list[i]];

		writer_put_bytes(out, index_read(x, place), place->size);
		progress_add(&progress, 1);
	}
	writer_end(out, x->dropped);
	progress_end(&progress);
}

struct choices {
	int seed, count;
	float power;
	const char *balance, *split, *part, *by;
	struct cli_list where;
};

/* Returns the index of the first operand. */
static int
choices_parse(struct choices *c, bool *keep_order, int argc, char *argv[])
{
	struct cli_option options[] = {
		OPT_GROUP("Order"),
		OPT_INT('s', "seed", &c->seed, 0, INT_MAX,
		        "seed of the order"),
		OPT_INT('n', "count", &c->count, 0, 100000000,
		        "draw N utterances; 0: as many as there are"),
		OPT_STRING('b', "balance", &c->balance, "KEYS",
		           "draw rare groups more often, as in label,language"),
		OPT_FLOAT('p', "power", &c->power, 0, 1,
		          "exponent of --balance: 1 makes groups equal"),
		OPT_FLAG('k', "keep-order", keep_order, "keep the order"),
		OPT_GROUP("Choice"),
		OPT_LIST('w', "where", &c->where, "COND",
		         "only utterances with key=value or key!=value"),
		OPT_STRING(0, "split", &c->split, "A:B...",
		           "split into parts of about these sizes"),
		OPT_STRING(0, "part", &c->part, "N", "the part to take [1]"),
		OPT_STRING(0, "by", &c->by, "KEY",
		           "key whose values parts do not share [id]"),
		OPT_END
	};
	const struct cli_about about = {
		.summary = "reorder, balance or split the utterances of files",
		.operands = "FILE ...", .operands_min = 1, .operands_max = -1
	};

	int first = cli_parse(argc, argv, options, &about);

	if (!c->balance && cli_given(options, "power"))
		die_usage("--power has no effect without --balance");
	if (!c->split && (c->part || c->by))
		die_usage("--part and --by have no effect without --split");
	return first;
}

/* Sets the part of the split. */
static void
split_set(struct shuffle *s, const struct choices *c)
{
	size_t parts;
	long part = 1;

	s->by = c->by ? c->by : FIELD_ID;
	if (!c->split)
		return;
	if (c->part && !number_integer(c->part, &part))
		part = 0;
	parts = shuffle_split(s, c->split, (size_t)part);
	if (parts == 0)
		die_usage("--split %s: want 2 to %d sizes, as in 3:1 or 8:1:1",
		          c->split, SHUFFLE_PARTS_MAX);
	if (part < 1 || (size_t)part > parts)
		die_usage("--part %s: want 1 to %zu", c->part, parts);
}

int
main(int argc, char *argv[])
{
	struct choices c = { .count = 0, .power = .5f };
	struct shuffle s = { .balance = BALANCE_INIT };
	int first = choices_parse(&c, &s.keep_order, argc, argv);
	struct keys balance;
	struct where where;
	struct writer out;
	const char *wrong;
	size_t *list, length;

	cli_value_check("balance", c.balance, keys_check(c.balance));
	keys_init(&balance, c.balance);
	wrong = where_init(&where, c.where.value, c.where.length);
	if (wrong)
		die_usage("--where %s: want key=value or key!=value", wrong);
	split_set(&s, &c);
	s.seed = (uint64_t)c.seed;
	s.where = &where;
	s.balance.power = (double)c.power;
	s.balance_by = &balance;
	for (int i = first; i < argc; i++)
		shuffle_open(&s, argv[i]);
	where_warn_unseen(&where);
	balance_check(&s.balance, &balance);
	list = shuffle_list(&s, (size_t)c.count, &length);
	if (where.length > 0 && s.index.places == 0)
		warn("no utterance matches --where");
	else if (c.split && s.index.places == 0)
		warn("this part is empty (splitting a part the same way again "
		     "gives all or nothing; 8:1:1 makes three parts at once)");
	cli_stdout_check();
	writer_open(&out, stdout, "<stdout>", NULL, argc, argv);
	shuffle(&s.index, list, length, &out);
	free(list);
	shuffle_release(&s);
	keys_release(&balance);
	where_release(&where);
	free(c.where.value);
	return writer_close(&out);
}
