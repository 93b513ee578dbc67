/*
 * student-step - train a model by one pass over the input
 *
 *	shuffle -s 1 train.frames | student-step -m s.safetensors -l 'kd-loss'
 *
 * reads   features [T,M] or, for a network of Hugging Face, audio [N]; label
 *         and whatever the loss command reads
 * writes  the model: weights, optimiser state and history, replaced at once
 *
 * Utterances that cannot be used are skipped with a reason on stderr.  See
 * student-step(1).
 */
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/same_file.h"
#include "core/xalloc.h"
#include "train/pass.h"

struct settings {
	const char *model, *loss;
	float smoothing;
	int pass, seed;
	struct model_options model_options;
	struct trainer_options trainer;
	struct pass_options pass_options;
};

static int
train(const struct settings *s, struct trainer *t, const char *path)
{
	char *command = loss_process_command(s->loss, s->smoothing);
	struct lineage lineage;
	struct loss_process loss;
	struct reader in;
	size_t dropped;

	lineage_init(&lineage, s->model, t->model->file,
	             t->model->input != MODEL_AUDIO);
	loss_process_init(&loss, command);
	cli_stdin_check(path, "a stream of frames");
	reader_open_path(&in, path);
	dropped = pass_run(t, &in, &loss, &lineage, &s->pass_options);
	reader_close(&in);
	lineage_release(&lineage);
	free(command);
	return dropped > 0 ? STATUS_FAILED : STATUS_OK;
}

/* What the kind of model does not support is refused, or at least warned of. */
static void
options_suit(const struct model *m, const struct settings *s,
             const struct cli_option *options)
{
	const struct model_training_kind *kind = model_training_kind(m);
	const char *wrong = cli_given_any(options, kind->refused);

	if (wrong)
		die_usage("%s: --%s %s", m->name, wrong, kind->refusal);
	model_options_warn(m, &s->model_options);
}

static int
run(struct settings *s, const struct cli_option *options, const char *path)
{
	struct model m;
	struct trainer t;
	int status = STATUS_OK;

	model_open(&m, s->model, &s->model_options);
	options_suit(&m, s, options);
	trainer_init(&t, &m, &s->trainer);
	if (s->pass > 0 && t.progress.passes >= (size_t)s->pass) {
		warn("%s: nothing to do, nothing written (passes so far: "
		     "%zu)", s->model, t.progress.passes);
		reader_drain(path);
	} else {
		status = train(s, &t, path);
	}
	trainer_release(&t);
	model_release(&m);
	return status;
}

/* Whether the file is the model at path, or inside it. */
static bool
is_of(const char *file, const char *path)
{
	char *inside = xasprintf("%s/model.safetensors", path);
	bool is = strcmp(file, path) == 0 || same_file(file, path) ||
		same_file(file, inside);

	free(inside);
	return is;
}

static void
log_check(const struct settings *s, char *const *operand)
{
	const char *log = s->pass_options.log;

	cli_output_check(log, s->model, operand);
	if (log && strcmp(log, "-") == 0)
		die_usage("--log -: want a file (./- is one of this name)");
	if (log && (is_of(log, s->pass_options.out) || is_of(log, s->model)))
		die_usage("--log %s: is a file of the model", log);
}

static void
settings_check(struct settings *s, const struct cli_option *options,
               char *const *operand)
{
	static const char *const augmenting[] = {
		"stretch", "warp", "tilt", "masks", "mask-bands", "mask-rows",
		"crop", NULL
	};
	struct trainer_options *t = &s->trainer;
	const char *wrong = cli_given_any(options, augmenting);

	if (!s->model)
		die_usage("--model is missing: the model to train "
		          "(student-init makes one)");
	cli_value_check("balance", s->pass_options.balance,
	                keys_check(s->pass_options.balance));
	if (s->loss && cli_given(options, "label-smoothing"))
		die_usage("--label-smoothing is for the default loss; give "
		          "it to the --loss command");
	if (!s->pass_options.out)
		s->pass_options.out = s->model;
	cli_output_check(s->pass_options.out, NULL, operand);
	log_check(s, operand);
	if (wrong && !t->training.augment)
		die_usage("--%s needs --spec-augment", wrong);
	if (t->training.unfreeze && t->training.freeze)
		die_usage("--unfreeze and --freeze: want one of them");
	if (t->training.unfreeze && t->training.lora)
		die_usage("--unfreeze and --lora: want one of them");
	if (t->total > 0 && t->warmup >= t->total)
		die_usage("--warmup %d: want less than --total-steps",
		          t->warmup);
	t->training.seed = (unsigned long)s->seed;
	s->model_options.train = true;
	s->model_options.seconds_given = cli_given(options, "max-seconds");
	s->model_options.lora = (size_t)t->training.lora;
	s->model_options.seed = t->training.seed;
	s->model_options.precision = (enum precision)t->training.precision;
}

int
main(int argc, char *argv[])
{
	struct settings s = {
		.seed = 1, .model_options = { .seconds = MODEL_SECONDS },
		.trainer = TRAINER_OPTIONS_INIT
	};
	struct trainer_options *t = &s.trainer;
	struct training_options *o = &t->training;
	struct spec_augment *spec = &o->spec;
	struct pass_options *p = &s.pass_options;
	int crop = (int)spec->crop, first;
	struct cli_option options[] = {
		OPT_STRING('m', "model", &s.model, "MODEL", "model to train"),
		OPT_STRING('o', "out", &p->out, "FILE",
		           "model to write, if not that of -m"),
		OPT_STRING('l', "loss", &s.loss, "COMMAND",
		           "loss command [kd-loss -L 0]"),
		OPT_FLOAT(0, "label-smoothing", &s.smoothing, 0, .99,
		          "label smoothing of the default loss"),
		OPT_FLAG('a', "spec-augment", &o->augment,
		         "stretch, warp, tilt and mask the features"),
		OPT_STRING(0, "balance", &p->balance, "KEYS",
		           "weight losses by group, as language,label"),
		OPT_INT('p', "pass", &s.pass, 0, 1e6,
		        "do nothing after so many passes"),
		OPT_INT(0, "checkpoint", &p->checkpoint, 0, 1e9,
		        "also write the model every N batches"),
		OPT_STRING(0, "log", &p->log, "FILE",
		           "append a JSON line for each batch"),
		OPT_INT('s', "seed", &s.seed, 0, 1 << 30,
		        "seed of all random numbers"),
		OPT_INT('j', "threads", &t->threads, 0, 256,
		        "threads; 0: all processors"),
		OPT_GROUP("Optimiser (AdamW)"),
		OPT_INT('b', "batch", &o->batch, 1, BATCH_MAX,
		        "utterances in a batch"),
		OPT_FLOAT('r', "rate", &t->adamw.rate, 0, 1,
		          "peak rate; 0: 1e-3, or 3e-5 for networks"),
		OPT_INT(0, "warmup", &t->warmup, 0, 1e9,
		        "updates until the peak rate"),
		OPT_INT(0, "total-steps", &t->total, 0, 1e9,
		        "updates of the cosine; 0: constant rate"),
		OPT_MORE,
		OPT_INT(0, "accumulate", &t->accumulate, 1, 1024,
		        "batches to an update"),
		OPT_FLOAT(0, "beta2", &t->adamw.beta2, 0, .99999,
		          "decay of the mean of squares"),
		OPT_FLOAT(0, "weight-decay", &t->adamw.decay, 0, 1,
		          "weight decay"),
		OPT_FLOAT(0, "clip", &t->clip, 0, 1e9,
		          "largest gradient norm; 0: no limit"),
		OPT_GROUP("Compact students"),
		OPT_FLOAT(0, "average", &o->average, 0, 1,
		          "decay of the weights' running mean"),
		OPT_FLOAT(0, "dropout", &o->dropout, 0, .9,
		          "dropout in the blocks"),
		OPT_FLOAT(0, "head-dropout", &o->head_dropout, 0, .9,
		          "dropout before the classifier"),
		OPT_FLOAT(0, "stretch", &spec->stretch, 0, .9,
		          "-a: largest change of tempo"),
		OPT_FLOAT(0, "warp", &spec->warp, 0, .5,
		          "-a: largest change of frequencies"),
		OPT_FLOAT(0, "tilt", &spec->tilt, 0, 10,
		          "-a: deviation of the spectral slope"),
		OPT_INT(0, "masks", &spec->masks, 0, 64,
		        "-a: masks over bands, and over rows"),
		OPT_INT(0, "mask-bands", &spec->mask_bands, 0, 256,
		        "-a: widest mask over bands"),
		OPT_INT(0, "mask-rows", &spec->mask_rows, 0, 10000,
		        "-a: longest mask over rows"),
		OPT_INT(0, "crop", &crop, 0, 1e6,
		        "-a: most rows to keep; 0: all"),
		OPT_GROUP("Networks of Hugging Face"),
		OPT_FLAG(0, "unfreeze", &o->unfreeze,
		         "train the convolutions as well"),
		OPT_INT(0, "freeze", &o->freeze, 0, 128,
		        "leave the N lowest layers as they are"),
		OPT_INT(0, "lora", &o->lora, 0, 256,
		        "train adapters of this rank, and the head"),
		OPT_FLAG(0, "plain", &o->plain, "no dropout and no masks"),
		OPT_CHOICE(0, "precision", &o->precision, PRECISIONS_TRAINING,
		           "precision of products"),
		OPT_INT(0, "memory", &o->memory, 0, 1 << 20,
		        "MiB for what the layers keep"),
		OPT_FLOAT(0, "max-seconds", &s.model_options.seconds, .025,
		          3600, "audio that is read, s"),
		OPT_END
	};
	const struct cli_about about = {
		"train a model by one pass over the input", "[FILE]", 0, 1
	};

	first = cli_parse(argc, argv, options, &about);
	spec->crop = (size_t)crop;
	settings_check(&s, options, argv + first);
	return run(&s, options, first < argc ? argv[first] : "-");
}
