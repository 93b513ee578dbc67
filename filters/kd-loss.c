/*
 * kd-loss - what each utterance costs a student, and which way is down
 *
 *	predict --frames -m student <taught.frames | kd-loss -b 16 | framedump
 *
 * reads  logits [K], classes, label, language, and of each teacher
 *        teacher.NAME.logits, teacher.NAME.classes, teacher.NAME.language;
 *        for losses on embeddings embedding [D], teacher.NAME.embedding
 * adds   loss, loss.ce, loss.kd, dlogits [K], weight.NAME; for losses on
 *        embeddings loss.embedding, dembedding [D]
 *
 * The numbers are the utterance's own; a batch's are their mean over a run.
 * What cannot be used is dropped with a reason on stderr.  See kd-loss(1).
 */
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "kd/kd_options.h"
#include "kd/kd_run.h"

struct settings {
	float lambda, temperature, tau, bound, smoothing, alpha, beta, share;
	const char *teachers, *weighting, *objective, *embedding, *compat;
	int scope, reduction, batch;
	bool partial, unseen;
};

static const struct settings DEFAULTS = {
	.lambda = KD_LAMBDA, .temperature = KD_TEMPERATURE,
	.tau = KD_TAU, .bound = KD_BOUND, .alpha = KD_ALPHA, .beta = KD_BETA,
	.share = KD_SHARE, .weighting = "cosine", .objective = "hinton"
};

static int
settings_parse(struct settings *s, int argc, char *argv[])
{
	struct cli_option table[] = {
		OPT_FLOAT('L', "lambda", &s->lambda, 0, 1, "teachers' share"),
		OPT_FLOAT('T', "temperature", &s->temperature, 1e-3, 1e3,
		          "softens student and teachers"),
		OPT_STRING('w', "weighting", &s->weighting, "NAME", "of them"),
		OPT_STRING('o', "objective", &s->objective, "NAME",
		           "hinton, dkd or logit-std"),
		OPT_STRING('e', "embeddings", &s->embedding, "NAME",
		           "compare them, too: rkd, sp or ot"),
		OPT_FLOAT(0, "label-smoothing", &s->smoothing, 0, 0.999,
		          "share of all classes in the label"),
		OPT_FLAG(0, "partial", &s->partial, "some have no teacher"),
		OPT_STRING('t', "teachers", &s->teachers, "NAMES",
		           "these alone, as in en,de,x*"),
		OPT_FLAG(0, "unseen", &s->unseen,
		         "not by teachers trained with the speaker"),
		OPT_STRING(0, "compat", &s->compat, "NAME",
		           "mtkd4ser: as the published code"),
		OPT_INT('b', "batch", &s->batch, 0, 1000000,
		        "cut into runs of N; 0: as they come"),
		OPT_MORE,
		OPT_FLOAT(0, "tau", &s->tau, 1e-3, 1e3, "of cosine weights"),
		OPT_FLOAT(0, "bound", &s->bound, 0, 1, "most of one with aekd"),
		OPT_FLOAT(0, "alpha", &s->alpha, 0, 1e3, "dkd: of the label"),
		OPT_FLOAT(0, "beta", &s->beta, 0, 1e3, "dkd: of the others"),
		OPT_FLOAT(0, "embeddings-share", &s->share, 0, 1e6, "of -e"),
		OPT_CHOICE(0, "scope", &s->scope, "utterance|batch",
		           "what weights are made for"),
		OPT_CHOICE(0, "reduction", &s->reduction, "batchmean|mean",
		           "mean divides by the classes, too"),
		OPT_END
	};
	const struct cli_about about = {
		"add loss and gradient of a student with teachers",
		"[FILE]", 0, 1
	};

	return cli_parse(argc, argv, table, &about);
}

/* What the published code fixes must not be asked for otherwise. */
static void
compat_check(const struct settings *s)
{
	const struct settings *d = &DEFAULTS;

	if (strcmp(s->compat, "mtkd4ser") != 0)
		die_usage("--compat %s: want mtkd4ser", s->compat);
	if (s->lambda < d->lambda || s->lambda > d->lambda ||
	    s->temperature < d->temperature ||
	    s->temperature > d->temperature || s->tau < d->tau ||
	    s->tau > d->tau || s->smoothing > 0 || s->embedding ||
	    strcmp(s->weighting, d->weighting) != 0 ||
	    strcmp(s->objective, d->objective) != 0)
		die_usage("--compat mtkd4ser sets -L, -T, -w, --tau, -o, -e, "
		          "and --label-smoothing: leave them out");
}

static struct kd_options
settings_options(const struct settings *s)
{
	bool compat = s->compat != NULL;

	return (struct kd_options){
		.lambda = s->lambda,
		/* that code's single teacher has a lambda of its own */
		.lambda_alone = compat ? .75f : s->lambda,
		.smoothing = s->smoothing, .mean = compat || s->reduction == 1,
		.partial = s->partial, .unseen = s->unseen,
		.objective = { NULL, s->temperature, s->alpha, s->beta },
		.weighting = {
			.batch = compat || s->scope == 1,
			.tau = s->tau, .bound = s->bound
		},
		.embedding = { NULL, s->share },
	};
}

int
main(int argc, char *argv[])
{
	struct settings settings = DEFAULTS;
	int first = settings_parse(&settings, argc, argv);
	struct kd_options options;
	struct keys teachers;
	const char *wrong;
	struct filter s;

	if (settings.compat)
		compat_check(&settings);
	options = settings_options(&settings);
	keys_init(&teachers, settings.teachers, "teachers");
	options.teachers = settings.teachers ? &teachers : NULL;
	options.weighting.objective = &options.objective;
	wrong = weighting_parse(&options.weighting, settings.weighting);
	if (wrong)
		die_usage("--weighting %s: %s; want %s", settings.weighting,
		          wrong, WEIGHTING_NAMES);
	if (objective_parse(&options.objective, settings.objective))
		die_usage("--objective %s: want %s", settings.objective,
		          OBJECTIVE_NAMES);
	if (settings.embedding &&
	    embedding_parse(&options.embedding, settings.embedding))
		die_usage("--embeddings %s: want %s", settings.embedding,
		          EMBEDDING_NAMES);
	kd_options_check(&options, settings.weighting, settings.objective);
	filter_open(&s, first < argc ? argv[first] : "-", argc, argv);
	kd_runs(&s, (size_t)settings.batch, &options);
	if (s.out.utterances_total > 0)
		keys_warn_unseen(&teachers);
	keys_release(&teachers);
	return filter_close(&s);
}
