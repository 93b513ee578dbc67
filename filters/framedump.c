/*
 * framedump - print a stream as text or JSON
 *
 *	wavread x.wav | featurize | framedump | less
 *
 * reads   every field
 * prints  one line per field, or with --json one per utterance
 *
 * A tensor is printed as its shape, minimum, mean, maximum and first values.
 * With -n N it reads only N utterances.  See framedump(1).
 */
#include <limits.h>
#include <stdint.h>

#include "core/cli.h"
#include "core/die.h"
#include "stream/dump.h"
#include "stream/reader.h"

struct wanted {
	bool header;
	size_t utterances;
};

/* Prints one file, and counts down what is still wanted. */
static int
framedump(const struct dump *d, const char *path, struct wanted *wanted)
{
	struct frame f = FRAME_INIT;
	struct reader in;
	bool inside = false; /* a run whose header is printed */

	cli_stdin_check(path, "a stream of frames");
	if (!reader_try_path(&in, path))
		return STATUS_FAILED;
	reader_show_progress(&in);
	while ((inside || wanted->header || wanted->utterances > 0) &&
	       reader_more(&in)) {
		if (!inside && wanted->header)
			dump_frame(d, &in.header, "header");
		if (wanted->utterances == 0)
			break;
		inside = reader_next_in_run(&in, &f);
		if (inside) {
			dump_frame(d, &f, "utterance");
			wanted->utterances--;
		} else if (wanted->header) {
			dump_frame(d, &f, "end");
		}
	}
	reader_close(&in);
	frame_release(&f);
	return STATUS_OK;
}

int
main(int argc, char *argv[])
{
	struct wanted wanted = { false, SIZE_MAX };
	bool json = false;
	int utterances = -1, values = -1;
	struct cli_option options[] = {
		OPT_FLAG('j', "json", &json,
		         "print one line of JSON per utterance"),
		OPT_INT('n', "utterances", &utterances, -1, INT_MAX,
		        "stop after N utterances; -1: never"),
		OPT_INT(0, "values", &values, -1, INT_MAX,
		        "values per tensor; -1: 4, or all with --json"),
		OPT_FLAG('H', "header", &wanted.header,
		         "also print header and end frames"),
		OPT_END
	};
	const struct cli_about about = {
		.summary = "print a stream as text or JSON",
		.operands = "[FILE ...]", .operands_max = -1
	};
	int first = cli_parse(argc, argv, options, &about);
	struct dump dump = { json, json ? SIZE_MAX : 4 };
	int status = STATUS_OK;

	if (values >= 0)
		dump.values = (size_t)values;
	if (utterances >= 0)
		wanted.utterances = (size_t)utterances;
	if (first == argc)
		status = framedump(&dump, "-", &wanted);
	for (int i = first; i < argc; i++)
		status |= framedump(&dump, argv[i], &wanted);
	return status;
}
