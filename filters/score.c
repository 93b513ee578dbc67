/*
 * score - evaluate predictions against labels
 *
 *	wavread -M test.tsv | featurize | predict | score --by language
 *
 * reads   predict's table: a heading, then one line per utterance
 * prints  unweighted and weighted recall, macro F1, calibration error,
 *         recall and precision of each class and the confusion matrix, for all
 *         rows and for groups of them, with 95 % bootstrap intervals
 *
 * A row without a label is counted but not scored; one without an emotion is
 * wrong.  See score(1).
 */
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "eval/calibration.h"
#include "eval/leak.h"
#include "eval/predictions.h"
#include "eval/score_report.h"

struct output {
	bool json, table, matrices, calibrate;
	const char *plot;
};

static void
score_print(const struct score *s, const struct output *output)
{
	if (output->plot)
		plot_write(output->plot, s);
	if (output->json)
		report_json(stdout, s);
	else if (output->table)
		report_table(stdout, s);
	else
		report_text(stdout, s, output->matrices);
	if (ferror(stdout) || fclose(stdout))
		die("write <stdout>:");
}

/* Prints the temperature that fits the tables. */
static void
calibrate(char *file[], const struct score_options *options)
{
	struct predictions p;
	struct outcomes o;
	const char *name;
	double T;

	predictions_init(&p);
	p.keep = true;
	name = predictions_read_all(&p, file);
	if (!options->allow_seen)
		leak_check(&p, &p, name);
	outcomes_make(&o, &p, options->classes);
	T = calibration_of(&p, &o, name);
	outcomes_release(&o);
	predictions_release(&p);
	printf("%.4f\n", T);
	if (fclose(stdout))
		die("write <stdout>:");
}

static void
score(char *file[], const char *compare, const struct score_options *options,
      const struct output *output)
{
	struct predictions mine, other;
	struct score s;
	const char *name;

	predictions_init(&mine);
	predictions_init(&other);
	score_want(&mine, options);
	name = predictions_read_all(&mine, file);
	if (mine.keep)
		calibration_apply(&mine, (double)options->temperature);
	if (compare)
		predictions_read(&other, compare);
	score_make(&s, options, &mine, name, compare ? &other : NULL, compare);
	if (s.outcomes.length == 0 && mine.rows > 0)
		warn("%s: no row has a label to score by", name);
	score_print(&s, output);

	score_release(&s);
	predictions_release(&mine);
	predictions_release(&other);
}

static void
options_check(const struct cli_option *options, const struct output *output,
              const char *classes)
{
	static const char *const idle[] = {
		"by", "cluster", "compare", "matrices", "plot", "temperature",
		NULL
	};
	const char *given = cli_given_any(options, idle);

	if (output->json + output->table + output->calibrate > 1)
		die_usage("--json, --tsv and --calibrate exclude each other");
	if (output->calibrate && given)
		die_usage("--%s has no effect with --calibrate", given);
	if (classes && !classes[strspn(classes, ",")])
		die_usage("--classes %s: want classes, as in anger,neutral",
		          classes);
}

int
main(int argc, char *argv[])
{
	struct score_options score_by = SCORE_OPTIONS;
	struct output output = { .plot = NULL };
	const char *compare = NULL;
	struct cli_option options[] = {
		OPT_GROUP("Rows"),
		OPT_STRING('b', "by", &score_by.by, "COLUMN,...",
		           "groups, \"\": none [language,corpus]"),
		OPT_STRING('k', "classes", &score_by.classes, "CLASS,...",
		           "score only rows with these labels"),
		OPT_FLAG(0, "allow-seen", &score_by.allow_seen,
		         "also score rows of the training data"),
		OPT_STRING(0, "compare", &compare, "FILE",
		           "predictions of another model for these rows"),
		OPT_GROUP("Intervals"),
		OPT_INT('B', "bootstrap", &score_by.resamples, 0, 100000,
		        "bootstrap resamples, 0: no intervals"),
		OPT_STRING('c', "cluster", &score_by.cluster, "COLUMN",
		           "resample by this, or \"none\" [speaker]"),
		OPT_INT('s', "seed", &score_by.seed, 0, 2147483647,
		        "seed of the resamples"),
		OPT_GROUP("Calibration"),
		OPT_FLAG(0, "calibrate", &output.calibrate,
		         "print the best temperature, no scores"),
		OPT_FLOAT('T', "temperature", &score_by.temperature, .01, 100,
		          "divisor of the logits"),
		OPT_GROUP("Output"),
		OPT_FLAG('m', "matrices", &output.matrices,
		         "print the confusion matrix of every group"),
		OPT_FLAG('j', "json", &output.json, "print one JSON object"),
		OPT_FLAG('t', "tsv", &output.table,
		         "print a table, one line per group"),
		OPT_STRING('p', "plot", &output.plot, "FILE",
		           "also draw an SVG file"),
		OPT_END
	};
	const struct cli_about about = {
		"evaluate predictions against labels", "[FILE ...]", 0, -1
	};
	int first = cli_parse(argc, argv, options, &about);

	options_check(options, &output, score_by.classes);
	cli_output_check(output.plot, compare, argv + first);
	for (int i = first; i < argc; i++)
		cli_stdin_check(argv[i], "predict's table");
	if (first == argc)
		cli_stdin_check("-", "predict's table");
	if (compare)
		cli_stdin_check(compare, "predict's table");
	if (output.calibrate)
		calibrate(argv + first, &score_by);
	else
		score(argv + first, compare, &score_by, &output);
	return STATUS_OK;
}
