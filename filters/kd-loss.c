/*
 * kd-loss - add the loss of a student with teachers, and its gradient
 *
 *	predict --frames -m student <teachers.frames | kd-loss -b 16 | framedump
 *
 * reads  logits [K], classes, label, language, and of each teacher
 *        teacher.NAME.logits, teacher.NAME.classes, teacher.NAME.language;
 *        for losses on embeddings embedding [D], teacher.NAME.embedding
 * adds   loss, loss.ce, loss.kd, dlogits [K], weight.NAME; for losses on
 *        embeddings loss.embedding, dembedding [D]
 *
 * The numbers are those of the utterance; a batch's are their mean over a run.
 * Utterances that cannot be used are dropped.  See kd-loss(1).
 */
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/xalloc.h"
#include "kd/kd_stream.h"

struct settings {
	float lambda, temperature, tau, bound, smoothing, alpha, beta, share;
	const char *teachers, *weighting, *objective, *embedding, *compat;
	int scope, reduction, batch;
	bool partial, unseen;
};

/* Those of the paper (Interspeech 2025), where it has them. */
static const struct settings DEFAULTS = {
	.lambda = .25f, .temperature = 5, .tau = .25f, .bound = .6f,
	.alpha = 1, .beta = 8, .share = 1,
	.weighting = "cosine", .objective = "hinton"
};

/* Refuses options that would have no effect. */
static void
options_check(const struct cli_option *options, const struct settings *s)
{
	static const char *const compat[] = {
		"lambda", "temperature", "weighting", "tau", "objective",
		"embeddings", "label-smoothing", "scope", "reduction", NULL
	};
	static const char *const dkd[] = { "alpha", "beta", NULL };
	const char *fixed = cli_given_any(options, compat);
	const char *idle = NULL;

	if (s->compat && strcmp(s->compat, "mtkd4ser") != 0)
		die_usage("--compat %s: want mtkd4ser", s->compat);
	if (s->compat && fixed)
		die_usage("--compat mtkd4ser sets --%s: leave it out", fixed);
	if (cli_given(options, "tau") && strcmp(s->weighting, "cosine") != 0)
		die_usage("--tau is an option of -w cosine");
	if (cli_given(options, "bound") && strcmp(s->weighting, "aekd") != 0)
		die_usage("--bound is an option of -w aekd");
	if (strcmp(s->objective, "dkd") != 0)
		idle = cli_given_any(options, dkd);
	if (idle)
		die_usage("--%s is an option of -o dkd", idle);
	if (cli_given(options, "embeddings-share") && !s->embedding)
		die_usage("--embeddings-share is an option of -e");
}

/* "objective: hinton, dkd or logit-std"; the caller frees it. */
static char *
choices_help(const char *what, const char *(*name)(size_t i))
{
	char *choices = text_choices(name);
	char *help = xasprintf("%s%s", what, choices);

	free(choices);
	return help;
}

/* Returns the index of the first operand.  Long: an option a line. */
static int
settings_parse(struct settings *s, int argc, char *argv[])
{
	char *objectives = choices_help("objective: ", objective_name);
	char *embeddings = choices_help("loss on embeddings: ",
	                                embedding_name);
	struct cli_option options[] = {
		OPT_GROUP("Loss"),
		OPT_FLOAT('L', "lambda", &s->lambda, 0, 1,
		          "share of the teachers in the loss"),
		OPT_FLOAT('T', "temperature", &s->temperature, 1e-3, 1e3,
		          "divisor of all logits"),
		OPT_STRING('o', "objective", &s->objective, "NAME",
		           objectives),
		OPT_FLOAT(0, "label-smoothing", &s->smoothing, 0, 0.999,
		          "share of all classes in the label"),
		OPT_STRING('e', "embeddings", &s->embedding, "NAME",
		           embeddings),
		OPT_STRING(0, "compat", &s->compat, "NAME",
		           "mtkd4ser: loss of the published code"),
		OPT_INT('b', "batch", &s->batch, 0, 1000000,
		        "utterances in a run; 0: keep the runs"),
		OPT_GROUP("Teachers"),
		OPT_STRING('w', "weighting", &s->weighting, "NAME",
		           "weights of the teachers"),
		OPT_STRING('t', "teachers", &s->teachers, "NAMES",
		           "use only these, as in en,de,x*"),
		OPT_FLAG(0, "unseen", &s->unseen,
		         "only teachers not trained on the speaker"),
		OPT_FLAG(0, "partial", &s->partial,
		         "accept utterances without a teacher"),
		OPT_MORE,
		OPT_GROUP("Details"),
		OPT_FLOAT(0, "tau", &s->tau, 1e-3, 1e3,
		          "temperature of -w cosine"),
		OPT_FLOAT(0, "bound", &s->bound, 0, 1,
		          "largest weight of -w aekd"),
		OPT_FLOAT(0, "alpha", &s->alpha, 0, 1e3,
		          "weight of the label in -o dkd"),
		OPT_FLOAT(0, "beta", &s->beta, 0, 1e3,
		          "weight of the other classes in -o dkd"),
		OPT_FLOAT(0, "embeddings-share", &s->share, 0, 1e6,
		          "weight of the loss on embeddings"),
		OPT_CHOICE(0, "scope", &s->scope, "utterance|batch",
		           "what teachers are weighted for"),
		OPT_CHOICE(0, "reduction", &s->reduction, "batchmean|mean",
		           "mean also divides by the classes"),
		OPT_END
	};
	const struct cli_about about = {
		"add the loss of a student with teachers, and its gradient",
		"[FILE]", 0, 1
	};
	int first = cli_parse(argc, argv, options, &about);

	options_check(options, s);
	cli_value_check("teachers", s->teachers, keys_check(s->teachers));
	free(objectives);
	free(embeddings);
	return first;
}

static struct kd_options
settings_options(const struct settings *s)
{
	bool compat = s->compat != NULL;

	return (struct kd_options){
		.lambda = s->lambda,
		/* that code has another lambda for a single teacher */
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

/* Exits 2 where a name is wrong, and lists the right ones. */
static void
name_check(const char *option, const char *value, const char *why,
           const char *(*name)(size_t i))
{
	if (why)
		die_usage("--%s %s: %s; want %s", option, value, why,
		          text_choices(name));
}

static void
kinds_set(struct kd_options *o, const struct settings *s)
{
	o->weighting.objective = &o->objective;
	name_check("weighting", s->weighting,
	           weighting_parse(&o->weighting, s->weighting),
	           weighting_name);
	name_check("objective", s->objective,
	           objective_parse(&o->objective, s->objective),
	           objective_name);
	if (s->embedding)
		name_check("embeddings", s->embedding,
		           embedding_parse(&o->embedding, s->embedding),
		           embedding_name);
}

int
main(int argc, char *argv[])
{
	struct settings settings = DEFAULTS;
	int first = settings_parse(&settings, argc, argv);
	struct kd_options options = settings_options(&settings);
	struct keys teachers;
	struct filter s;

	kinds_set(&options, &settings);
	keys_init(&teachers, settings.teachers);
	options.teachers = settings.teachers ? &teachers : NULL;
	filter_open(&s, first < argc ? argv[first] : "-", argc, argv);
	kd_stream(&s, (size_t)settings.batch, &options);
	if (s.out.utterances_total > 0)
		keys_warn_unseen(&teachers);
	keys_release(&teachers);
	return filter_close(&s);
}
