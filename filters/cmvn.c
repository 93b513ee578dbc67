/*
 * cmvn - normalise the mean and variance of features
 *
 *	cmvn --by speaker feats.frames | predict
 *
 * reads     features  [T,M]; speaker or corpus, as --by says
 * replaces  features; adds cmvn: what the statistics are of, and functionals
 *           [F], normalised likewise, where they are of several utterances
 *
 * Two passes over a file, or one with --by utterance or --running.  An
 * utterance that cannot be used is dropped with a reason on stderr and
 * counted in the end frame.  See cmvn(1).
 */
#include <string.h>

#include "core/cli.h"
#include "feat/cmvn_groups.h"
#include "stream/fields.h"
#include "stream/filter.h"
#include "stream/voice.h"
#include "student/functionals.h"

enum by { BY_UTTERANCE, BY_SPEAKER, BY_CORPUS, BY_STREAM };

static const char *const by_name[][4] = {
	{ "utterance", "speaker", "corpus", "stream" },
	{ "utterance -m", "speaker -m", "corpus -m", "stream -m" }
};

/* Whose statistics count for f; NULL when it does not say. */
static const char *
group_of(struct frame *f, enum by by)
{
	const char *text = by == BY_SPEAKER ? frame_voice(f)
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

	*why = "normalised already";
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

/* Adds f to the statistics it belongs to; what is wrong shows later. */
static void
learn(struct statistics *s, struct frame *f, enum by by)
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
	struct tensor old; /* x itself goes when it is replaced */
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

/* A first pass over a file, where statistics need all of it. */
static void
file_learn(struct statistics *g, struct filter *s, enum by by)
{
	s->in.mirror = NULL; /* and nothing is written yet */
	reader_rewind(&s->in); /* a pipe is refused before it is read */
	while (filter_next(s))
		learn(g, &s->frame, by);
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
		           "whose statistics"),
		OPT_FLAG('r', "running", &running,
		         "one pass: what came so far, by stream if not --by"),
		OPT_FLAG('m', "means-only", &means_only, "leave the scale"),
		OPT_END
	};
	const struct cli_about about = {
		"normalise features to mean 0 and deviation 1", "[FILE]", 0, 1
	};
	struct statistics groups = { CMVN_GROUPS_INIT, CMVN_GROUPS_INIT };
	int first = cli_parse(argc, argv, options, &about);
	struct filter s;

	if (running && by == BY_UTTERANCE)
		by = BY_STREAM;
	filter_open(&s, first < argc ? argv[first] : "-", argc, argv);
	if (by != BY_UTTERANCE && !running)
		file_learn(&groups, &s, (enum by)by);
	while (filter_next(&s)) {
		if (by == BY_UTTERANCE)
			cmvn_groups_clear(&groups.features);
		if (by == BY_UTTERANCE || running)
			learn(&groups, &s.frame, (enum by)by);
		filter_put(&s, cmvn(&groups, &s.frame, (enum by)by,
		                    means_only));
	}
	cmvn_groups_clear(&groups.features);
	cmvn_groups_clear(&groups.functionals);
	return filter_close(&s);
}
