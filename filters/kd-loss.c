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
#include "stream/frame.h"
#include "stream/reader.h"
#include "stream/writer.h"
#include "train/kd_frame.h"

static void
kd_put(struct writer *out, struct frame *f, const struct kd_options *options)
{
	const char *why = kd_frame(f, options);

	if (why)
		writer_drop(out, frame_id(f), why);
	else
		writer_put(out, f);
}

/* Each run of the input in runs of at most batch utterances. */
static void
cut(struct writer *out, struct reader *in, struct frame *f, size_t batch,
    const struct kd_options *options)
{
	in->mirror = NULL; /* the runs are ours to begin and end */
	while (reader_more(in)) {
		size_t n = 0;

		writer_begin(out, &in->header);
		while (reader_next_in_run(in, f)) {
			if (n++ == batch) {
				writer_end(out, 0);
				writer_begin(out, &in->header);
				n = 1;
			}
			kd_put(out, f, options);
		}
		writer_end(out, in->dropped);
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
		"add loss and gradient of a student with teachers", "", 0, 0
	};
	struct kd_options options;
	struct frame f = FRAME_INIT;
	struct reader in;
	struct writer out;

	cli_parse(argc, argv, table, &about);
	options = (struct kd_options){ lambda, temperature, smoothing,
	                               { NULL, 0 } };
	if (weighting_parse(&options.weighting, weighting, tau))
		die_usage("--weighting %s: want %s", weighting,
		          WEIGHTING_NAMES);
	reader_open(&in, stdin, "<stdin>");
	writer_open(&out, stdout, "<stdout>", &in, argc, argv);
	if (batch > 0)
		cut(&out, &in, &f, (size_t)batch, &options);
	while (batch == 0 && reader_next(&in, &f))
		kd_put(&out, &f, &options);
	reader_close(&in);
	frame_release(&f);
	return writer_close(&out);
}
