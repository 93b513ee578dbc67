/*
 * framecmp - compare two streams within a tolerance
 *
 *	framecmp -t 1e-4 expected.frames <(featurize <clips.frames)
 *
 * reads  every field, or those of --keys
 *
 * Prints the first ten differences, one per line, and exits 1 if there are any.
 * Utterances are compared in order, headers are not.  See framecmp(1).
 */
#include <stdio.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "stream/compare.h"
#include "stream/reader.h"

/* Compares two open streams to their ends, or to where the order differs. */
static bool
framecmp(struct compare *c, struct reader *a, struct reader *b)
{
	struct frame x = FRAME_INIT, y = FRAME_INIT;
	bool more, other, aligned = true;

	do {
		more = reader_next(a, &x);
		other = reader_next(b, &y);
		aligned = aligned && more == other;
		if (!aligned || !more)
			continue; /* to the end, as both must be complete */
		if (strcmp(frame_id(&x), frame_id(&y)) == 0) {
			compare_frames(c, &x, &y);
			continue;
		}
		compare_add(c, "utterance %zu: \"%s\" and \"%s\"",
		            a->utterances_total, frame_id(&x), frame_id(&y));
		aligned = false;
	} while (more || other);
	if (a->utterances_total != b->utterances_total)
		compare_add(c, "%zu and %zu utterances", a->utterances_total,
		            b->utterances_total);
	frame_release(&x);
	frame_release(&y);
	return aligned;
}

static void
report(struct compare *c)
{
	if (program_verbosity() > 0)
		compare_print(c);
	if (fflush(stdout) != 0)
		die("write <stdout>:");
}

int
main(int argc, char *argv[])
{
	float tolerance = 1e-5f;
	const char *list = NULL;
	struct cli_option options[] = {
		OPT_FLOAT('t', "tolerance", &tolerance, 0, 1e9,
		          "difference that is ignored"),
		OPT_STRING('k', "keys", &list, "KEYS",
		           "compare only these fields, as in a,b,c*"),
		OPT_END
	};
	const struct cli_about about = {
		.summary = "compare two streams within a tolerance",
		.operands = "FILE FILE", .operands_min = 2, .operands_max = 2
	};
	int first = cli_parse(argc, argv, options, &about);
	struct keys keys;
	struct compare c = { .tolerance = (double)tolerance, .lines_max = 10 };
	struct reader a, b;
	bool all;

	if (strcmp(argv[first], "-") == 0 && strcmp(argv[first + 1], "-") == 0)
		die_usage("only one of the two can be standard input");
	cli_value_check("keys", list, keys_check(list));
	keys_init(&keys, list);
	c.keys = list ? &keys : NULL;
	c.quiet = program_verbosity() < 0;
	cli_stdin_check(argv[first], "a stream of frames");
	cli_stdin_check(argv[first + 1], "a stream of frames");
	reader_open_path(&a, argv[first]);
	reader_open_path(&b, argv[first + 1]);
	reader_show_progress(&a);
	all = framecmp(&c, &a, &b);
	report(&c);
	if (all && a.utterances_total > 0) /* a misspelt key compares nothing */
		c.differences += keys_warn_unseen(&keys);
	reader_close(&a);
	reader_close(&b);
	keys_release(&keys);
	compare_release(&c);
	return c.differences > 0 ? STATUS_FAILED : STATUS_OK;
}
