/*
 * cmvn - normalise the mean and variance of features or encodings
 *
 *	cmvn --by speaker feats.frames | predict
 *
 * reads     features [T,M] or encoding [L,W]; with --by, speaker or corpus
 * replaces  encoding; adds encoding.cmvn, the group of the statistics
 * replaces  features; adds cmvn, the group of the statistics, and functionals
 *           [F], normalised in the same way, where a group may have several
 *           utterances
 *
 * Two passes over a file, or one with --by utterance or --running.  An
 * utterance that cannot be used is dropped with a reason on stderr and counted
 * in the end frame.  See cmvn(1).
 */
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "feat/cmvn.h"
#include "stream/fields.h"
#include "stream/filter.h"
#include "student/functionals.h"

enum by { BY_UTTERANCE, BY_SPEAKER, BY_CORPUS, BY_STREAM };

static const char *const by_name[][4] = {
	{ "utterance", "speaker", "corpus", "stream" },
	{ "utterance -m", "speaker -m", "corpus -m", "stream -m" }
};

/* The name of the group that f belongs to; NULL where f lacks the field. */
static const char *
group_of(struct frame *f, enum by by)
{
	const char *text = by == BY_SPEAKER ? frame_speaker_key(f)
		: by == BY_CORPUS ? frame_text(f, FIELD_CORPUS) : "all";

	return text && *text ? text : NULL;
}

/* What is normalised, and the field that says so. */
static const struct subject {
	const char *name, *mark;
} subjects[] = {
	{ FIELD_FEATURES, FIELD_CMVN },
	{ FIELD_ENCODING, FIELD_ENCODING_CMVN }
};

struct statistics {
	const struct subject *subject;
	enum by by;
	struct cmvn_groups groups, functionals;
};

static bool
of_features(const struct statistics *s)
{
	return s->subject == &subjects[0];
}

/* Sets x to the field's tensor: rows of features, or an encoding as one row. */
static struct cmvn *
statistics_of(struct statistics *s, struct frame *f, struct tensor *x,
              const char **why)
{
	const char *group = group_of(f, s->by);
	const struct tensor *have;

	*why = "already normalised";
	have = frame_has(f, s->subject->mark) ? NULL
		: frame_need(f, s->subject->name, 2, why);
	if (!have)
		return NULL;
	*x = *have;
	if (!of_features(s)) {
		x->dim[0] = 1;
		x->dim[1] = tensor_length(have);
	}
	if (!group) {
		*why = s->by == BY_SPEAKER
			? "no speaker (see wavread --speaker)"
			: "no corpus (see wavread --corpus)";
		return NULL;
	}
	return cmvn_groups_find(&s->groups, group, x->dim[1], why);
}

/* Adds f to the statistics of its group; cmvn() reports what is wrong. */
static void
statistics_add(struct statistics *s, struct frame *f)
{
	const char *why, *text = frame_text(f, FIELD_FEATURES_TYPE);
	struct tensor x;
	struct cmvn *c = statistics_of(s, f, &x, &why);
	struct features_type type;
	bool known = of_features(s) && text && c &&
		features_type_parse(&type, text) &&
		features_width(&type) == c->width;

	if (!c)
		return;
	cmvn_add(c, x.data, x.dim[0], known ? &type : NULL);
	if (of_features(s) && s->by != BY_UTTERANCE)
		functionals_learn(&s->functionals, group_of(f, s->by), f);
}

static const char *
cmvn(struct statistics *s, struct frame *f, bool means_only)
{
	const char *why;
	struct tensor x;
	const struct cmvn *c = statistics_of(s, f, &x, &why);
	const struct tensor *old; /* replacing the field removes it */
	float *y;

	if (!c)
		return why;
	if (of_features(s) && s->by != BY_UTTERANCE && !means_only)
		functionals_normalise(&s->functionals, group_of(f, s->by), f);
	old = frame_need(f, s->subject->name, 2, &why);
	x.data = old->data;
	y = frame_add2(f, s->subject->name, old->dim[0], old->dim[1]);
	memcpy(y, x.data, tensor_length(&x) * sizeof *y);
	cmvn_apply(c, y, x.dim[0], means_only);
	frame_set_text(f, s->subject->mark, by_name[means_only][s->by]);
	return NULL;
}

/* The first pass over a file, for its statistics. */
static void
file_scan(struct statistics *g, struct filter *s)
{
	s->in.mirror = NULL; /* nothing is written yet */
	reader_rewind(&s->in); /* a pipe is refused before it is read */
	while (filter_next(s))
		statistics_add(g, &s->frame);
	cmvn_groups_warn(&g->groups, s->in.name, by_name[0][g->by]);
	reader_rewind(&s->in);
	s->in.mirror = &s->out;
}

int
main(int argc, char *argv[])
{
	int by = BY_UTTERANCE, field = 0;
	bool running = false, means_only = false;
	struct cli_option options[] = {
		OPT_CHOICE('b', "by", &by, "utterance|speaker|corpus|stream",
		           "utterances that share statistics"),
		OPT_CHOICE('f', "field", &field, "features|encoding",
		           "what to normalise"),
		OPT_FLAG('r', "running", &running,
		         "one pass, statistics so far, --by stream"),
		OPT_FLAG('m', "means-only", &means_only, "subtract means only"),
		OPT_END
	};
	const struct cli_about about = {
		"normalise features or encodings to mean 0 and deviation 1",
		"[FILE]", 0, 1
	};
	struct statistics groups = { .groups = CMVN_GROUPS_INIT,
	                             .functionals = CMVN_GROUPS_INIT };
	int first = cli_parse(argc, argv, options, &about);
	struct filter s;

	if (running && !cli_given(options, "by"))
		by = BY_STREAM;
	groups.by = (enum by)by;
	groups.subject = &subjects[field];
	if (!of_features(&groups) && by == BY_UTTERANCE)
		die_usage("--field encoding needs --by: an utterance has one");
	filter_open(&s, first < argc ? argv[first] : "-", argc, argv);
	if (by != BY_UTTERANCE && !running)
		file_scan(&groups, &s);
	while (filter_next(&s)) {
		if (by == BY_UTTERANCE)
			cmvn_groups_clear(&groups.groups);
		if (by == BY_UTTERANCE || running)
			statistics_add(&groups, &s.frame);
		filter_put(&s, cmvn(&groups, &s.frame, means_only));
	}
	cmvn_groups_clear(&groups.groups);
	cmvn_groups_clear(&groups.functionals);
	return filter_close(&s);
}
