/*
 * cmvn - normalise the mean and variance of features
 *
 *	cmvn --by speaker feats.frames | predict
 *
 * reads     features  [T,M]; with --by, speaker or corpus
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
#include "stream/fields.h"
#include "stream/filter.h"
#include "student/functionals_groups.h"

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

struct statistics {
	struct cmvn_groups features, functionals;
};

static struct cmvn *
statistics_of(struct cmvn_groups *g, struct frame *f, enum by by,
              const struct tensor **features, const char **why)
{
	const char *group = group_of(f, by);

	*why = "already normalised";
	*features = frame_has(f, FIELD_CMVN) ? NULL
		: frame_need(f, FIELD_FEATURES, 2, why);
	if (!*features)
		return NULL;
	if (!group) {
		*why = by == BY_SPEAKER ? "no speaker (see wavread --speaker)"
		                        : "no corpus (see wavread --corpus)";
		return NULL;
	}
	return cmvn_groups_find(g, group, (*features)->dim[1], why);
}

/* Adds f to the statistics of its group; cmvn() reports what is wrong. */
static void
statistics_add(struct statistics *s, struct frame *f, enum by by)
{
	const char *why, *text = frame_text(f, FIELD_FEATURES_TYPE);
	const struct tensor *x;
	struct cmvn *c = statistics_of(&s->features, f, by, &x, &why);
	struct features_type type;
	bool known = text && features_type_parse(&type, text) &&
		c && features_width(&type) == c->width;

	if (!c)
		return;
	cmvn_add(c, x->data, x->dim[0], known ? &type : NULL);
	if (by != BY_UTTERANCE)
		functionals_learn(&s->functionals, group_of(f, by), f);
}

static const char *
cmvn(struct statistics *s, struct frame *f, enum by by, bool means_only)
{
	const char *why;
	const struct tensor *x;
	const struct cmvn *c = statistics_of(&s->features, f, by, &x, &why);
	struct tensor old; /* replacing the field removes x */
	float *y;

	if (!c)
		return why;
	if (by != BY_UTTERANCE && !means_only)
		functionals_normalise(&s->functionals, group_of(f, by), f);
	old = *frame_need(f, FIELD_FEATURES, 2, &why);
	y = frame_add2(f, FIELD_FEATURES, old.dim[0], old.dim[1]);
	memcpy(y, old.data, tensor_length(&old) * sizeof *y);
	cmvn_apply(c, y, old.dim[0], means_only);
	frame_set_text(f, FIELD_CMVN, by_name[means_only][by]);
	return NULL;
}

/* The first pass over a file, for its statistics. */
static void
file_scan(struct statistics *g, struct filter *s, enum by by)
{
	s->in.mirror = NULL; /* nothing is written yet */
	reader_rewind(&s->in); /* a pipe is refused before it is read */
	while (filter_next(s))
		statistics_add(g, &s->frame, by);
	cmvn_groups_warn(&g->features, s->in.name, by_name[0][by]);
	reader_rewind(&s->in);
	s->in.mirror = &s->out;
}

int
main(int argc, char *argv[])
{
	int by = BY_UTTERANCE;
	bool running = false, means_only = false;
	struct cli_option options[] = {
		OPT_CHOICE('b', "by", &by, "utterance|speaker|corpus|stream",
		           "utterances that share statistics"),
		OPT_FLAG('r', "running", &running,
		         "one pass, statistics so far, --by stream"),
		OPT_FLAG('m', "means-only", &means_only, "subtract means only"),
		OPT_END
	};
	const struct cli_about about = {
		"normalise features to mean 0 and deviation 1", "[FILE]", 0, 1
	};
	struct statistics groups = { CMVN_GROUPS_INIT, CMVN_GROUPS_INIT };
	int first = cli_parse(argc, argv, options, &about);
	struct filter s;

	if (running && !cli_given(options, "by"))
		by = BY_STREAM;
	filter_open(&s, first < argc ? argv[first] : "-", argc, argv);
	if (by != BY_UTTERANCE && !running)
		file_scan(&groups, &s, (enum by)by);
	while (filter_next(&s)) {
		if (by == BY_UTTERANCE)
			cmvn_groups_clear(&groups.features);
		if (by == BY_UTTERANCE || running)
			statistics_add(&groups, &s.frame, (enum by)by);
		filter_put(&s, cmvn(&groups, &s.frame, (enum by)by,
		                    means_only));
	}
	cmvn_groups_clear(&groups.features);
	cmvn_groups_clear(&groups.functionals);
	return filter_close(&s);
}
