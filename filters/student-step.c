/*
 * student-step - train a student: one pass over the input
 *
 *	shuffle -s 1 train.frames | student-step -m s.safetensors -l 'kd-loss'
 *
 * reads   features [T,M] or, for a network that hears, audio [N]; label and
 *         whatever the loss command wants
 * writes  the model: weights, optimiser state and history, replaced at once
 *
 * What cannot be used is left out and named on stderr.  See student-step(1).
 */
#include <stdlib.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/xalloc.h"
#include "train/pass.h"

struct settings {
	const char *model, *loss;
	float smoothing, seconds;
	int pass, seed;
	struct trainer_options trainer;
	struct pass_options pass_options;
};

static int
train(const struct settings *s, const char *path)
{
	struct model m;
	struct trainer t;
	struct lineage lineage;
	struct loss_process loss;
	struct reader in;
	char *command = loss_process_command(s->loss, s->smoothing);
	size_t dropped;

	model_open(&m, s->model);
	model_own(&m);
	m.seconds = s->seconds;
	trainer_init(&t, &m, &s->trainer);
	if (s->pass > 0 && t.progress.passes >= (size_t)s->pass) {
		warn("%s: nothing to do, nothing written (passes so far: "
		     "%zu)", s->model, t.progress.passes);
		reader_drain(path);
		trainer_release(&t);
		model_release(&m);
		free(command);
		return STATUS_OK;
	}
	lineage_init(&lineage, &m);
	loss_process_init(&loss, command);
	cli_stdin_check(path, "a stream of frames");
	reader_open_path(&in, path);
	dropped = pass_run(&t, &in, &loss, &lineage, &s->pass_options);
	reader_close(&in);
	lineage_release(&lineage);
	trainer_release(&t);
	model_release(&m);
	free(command);
	return dropped > 0 ? STATUS_FAILED : STATUS_OK;
}

/* The command line; the index of the first operand.  Long: an option a line. */
static int
settings_parse(struct settings *s, int argc, char *argv[])
{
	struct trainer_options *t = &s->trainer;
	struct pass_options *p = &s->pass_options;
	int crop = (int)t->spec.crop, first;
	struct cli_option options[] = {
		OPT_STRING('m', "model", &s->model, "FILE", "where to begin"),
		OPT_STRING('o', "out", &p->out, "FILE",
		           "what to write; the same as -m if not given"),
		OPT_STRING('l', "loss", &s->loss, "COMMAND",
		           "the loss; kd-loss -L 0 if not given"),
		OPT_FLOAT(0, "label-smoothing", &s->smoothing, 0, .99, "of it"),
		OPT_INT('b', "batch", &t->batch, 1, BATCH_MAX, "utterances"),
		OPT_FLOAT('r', "rate", &t->adamw.rate, 0, 1,
		          "peak rate; 0: 1e-3, for a network 3e-5"),
		OPT_INT(0, "warmup", &t->warmup, 0, 1e9, "updates"),
		OPT_INT(0, "total-steps", &t->total, 0, 1e9,
		        "updates of its cosine; 0: constant"),
		OPT_FLAG('a', "spec-augment", &t->augment,
		         "stretch, warp, tilt and mask the features"),
		OPT_STRING(0, "balance", &p->balance, "KEYS",
		           "weight losses by group, as language,label"),
		OPT_INT('p', "pass", &s->pass, 0, 1e6,
		        "do nothing if it has had so many"),
		OPT_INT(0, "checkpoint", &p->checkpoint, 0, 1e9,
		        "also write every N batches"),
		OPT_STRING(0, "log", &p->log, "FILE", "a JSON line a batch"),
		OPT_INT('s', "seed", &s->seed, 0, 1 << 30, "of all chance"),
		OPT_INT('j', "threads", &t->threads, 0, 256, "0: all"),
		OPT_MORE,
		OPT_INT(0, "accumulate", &t->accumulate, 1, 1024,
		        "batches to an update"),
		OPT_FLOAT(0, "beta2", &t->adamw.beta2, 0, .99999, "of AdamW"),
		OPT_FLOAT(0, "weight-decay", &t->adamw.decay, 0, 1, "AdamW's"),
		OPT_FLOAT(0, "clip", &t->clip, 0, 1e9, "gradient norm; 0: any"),
		OPT_FLOAT(0, "average", &t->average, 0, 1,
		          "decay of the weights' running mean"),
		OPT_FLOAT(0, "dropout", &t->dropout, 0, .9, "in the blocks"),
		OPT_FLOAT(0, "head-dropout", &t->head_dropout, 0, .9,
		          "before the classifier"),
		OPT_FLOAT(0, "stretch", &t->spec.stretch, 0, .9, "tempo, ±"),
		OPT_FLOAT(0, "warp", &t->spec.warp, 0, .5, "frequency, ±"),
		OPT_FLOAT(0, "tilt", &t->spec.tilt, 0, 10, "spectral slope"),
		OPT_INT(0, "masks", &t->spec.masks, 0, 64, "of each kind"),
		OPT_INT(0, "mask-bands", &t->spec.mask_bands, 0, 256, "most"),
		OPT_INT(0, "mask-rows", &t->spec.mask_rows, 0, 10000, "most"),
		OPT_INT(0, "crop", &crop, 0, 1e6, "rows; 0: whole"),
		OPT_FLAG(0, "unfreeze", &t->unfreeze, "convolutions, too"),
		OPT_FLAG(0, "plain", &t->plain, "no dropout or masks"),
		OPT_CHOICE(0, "precision", &t->precision, PRECISIONS,
		           "of a network's products"),
		OPT_INT(0, "memory", &t->memory, 0, 1 << 20,
		        "for what a network keeps, MiB"),
		OPT_FLOAT(0, "max-seconds", &s->seconds, .025, 3600,
		          "of audio that a network hears"),
		OPT_END
	};
	const struct cli_about about = {
		"train a student by one pass over its input", "[FILE]", 0, 1
	};

	first = cli_parse(argc, argv, options, &about);
	if (!s->model)
		die_usage("--model is missing: the model to train "
		          "(student-init makes one)");
	cli_value_check("balance", p->balance, keys_check(p->balance));
	if (s->loss && cli_given(options, "label-smoothing"))
		die_usage("--label-smoothing is for the default loss; give "
		          "it to the --loss command");
	p->out = p->out ? p->out : s->model;
	cli_output_check(p->out, NULL, argv + first);
	cli_output_check(p->log, s->model, argv + first);
	t->spec.crop = (size_t)crop;
	if (!t->augment && spec_augment_changed(&t->spec))
		die_usage("--stretch, --warp, --tilt, --mask... and --crop "
		          "change nothing without -a");
	t->seed = (unsigned long)s->seed;
	return first;
}

int
main(int argc, char *argv[])
{
	struct settings s = {
		.seed = 1, .seconds = 20, .trainer = TRAINER_OPTIONS_INIT
	};
	int first = settings_parse(&s, argc, argv);

	return train(&s, first < argc ? argv[first] : "-");
}
