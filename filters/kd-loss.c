/*
 * kd-loss - what each utterance costs a student, and which way is down
 *
 *	predict --frames -m student <taught.frames | kd-loss -b 16 | framedump
 *
 * reads  logits [K], classes, label, language, and of each teacher
 *        teacher.NAME.logits, teacher.NAME.classes, teacher.NAME.language
 * adds   loss, loss.ce, loss.kd, dlogits [K], weight.NAME
 *
 * The numbers are the utterance's own; a batch's are their mean over a run.
 * An utterance whose classes or label do not match is dropped with a reason
 * on stderr and counted in the end frame.  See kd-loss(1).
 */
#include "core/cli.h"
#include "core/die.h"
#include "stream/filter.h"
#include "train/kd_frame.h"

/* Each run of the input in runs of at most batch utterances. */
static void
cut(struct filter *s, size_t batch, const struct kd_options *options)
{
	s->in.mirror = NULL; /* the runs are ours to begin and end */
	while (reader_more(&s->in)) {
		size_t n = 0;

		writer_begin(&s->out, &s->in.header);
		while (reader_next_in_run(&s->in, &s->frame)) {
			if (n++ == batch) {
				writer_end(&s->out, 0);
				writer_begin(&s->out, &s->in.header);
				n = 1;
			}
			filter_put(s, kd_frame(&s->frame, options));
		}
		writer_end(&s->out, s->in.dropped);
	}
}

int
main(int argc, char *argv[])
{
	float lambda = 0.25f, temperature = 5, tau = 0.25f, smoothing = 0;
	const char *weighting = "cosine";
	int batch = 0;
	const struct cli_option table[] = {
		OPT_FLOAT('L', "lambda", &lambda, 0, 1,
		          "share of the teachers"),
		OPT_FLOAT('T', "temperature", &temperature, 1e-3, 1e3,
		          "softens student and teachers"),
		OPT_STRING('w', "weighting", &weighting, "NAME",
		           "of teachers: cosine, language or uniform"),
		OPT_FLOAT(0, "tau", &tau, 1e-3, 1e3,
		          "temperature of cosine weights"),
		OPT_FLOAT(0, "label-smoothing", &smoothing, 0, 0.999,
		          "share of all classes in the label"),
		OPT_INT('b', "batch", &batch, 0, 1000000,
		        "cut into runs of N; 0: as they come"),
		OPT_END
	};
	const struct cli_about about = {
		"add loss and gradient of a student with teachers",
		"[FILE]", 0, 1
	};
	struct kd_options options;
	struct filter s;
	int first = cli_parse(argc, argv, table, &about);

	options = (struct kd_options){ lambda, temperature, smoothing,
	                               { NULL, 0 } };
	if (weighting_parse(&options.weighting, weighting, tau))
		die_usage("--weighting %s: want %s", weighting,
		          WEIGHTING_NAMES);
	filter_open(&s, first < argc ? argv[first] : "-", argc, argv);
	if (batch > 0)
		cut(&s, (size_t)batch, &options);
	while (batch == 0 && filter_next(&s))
		filter_put(&s, kd_frame(&s.frame, &options));
	return filter_close(&s);
}
