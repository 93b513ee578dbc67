/*
 * cmvn - normalise the mean and variance of features
 *
 *	cmvn --by speaker feats.frames | predict
 *
 * reads     features  [T,M]; speaker or corpus, as --by says
 * replaces  features; adds cmvn: what the statistics are of
 *
 * Two passes over a file, or one with --by utterance or --running.  An
 * utterance that cannot be used is dropped with a reason on stderr and
 * counted in the end frame.  See cmvn(1).
 */
#include <string.h>

#include "core/cli.h"
#include "feat/cmvn_groups.h"
#include "stream/fields.h"
#include "stream/reader.h"
#include "stream/writer.h"

enum by { BY_UTTERANCE, BY_SPEAKER, BY_CORPUS, BY_STREAM };

static const char *const by_name[] = {
	"utterance", "speaker", "corpus", "stream"
};

/* Whose statistics count for f; NULL when it does not say. */
static const char *
group_of(struct frame *f, enum by by)
{
	const char *text = by == BY_SPEAKER ? frame_text(f, FIELD_SPEAKER)
		: by == BY_CORPUS ? frame_text(f, FIELD_CORPUS) : "all";

	return text && *text ? text : NULL;
}

static struct cmvn *
statistics_of(struct cmvn_groups *g, struct frame *f, enum by by,
              const struct tensor **features, const char **why)
{
	const char *group = group_of(f, by);

	*features = frame_need(f, FIELD_FEATURES, 2, why);
	if (!*features)
		return NULL;
	if (!group) {
		*why = by == BY_SPEAKER ? "no speaker (try --by utterance)"
		                        : "no corpus (try --by utterance)";
		return NULL;
	}
	return cmvn_groups_find(g, group, (*features)->dim[1], why);
}

/* Adds f to the statistics it belongs to; what is wrong shows later. */
static void
learn(struct cmvn_groups *g, struct frame *f, enum by by)
{
	const char *why, *text = frame_text(f, FIELD_FEATURES_TYPE);
	const struct tensor *x;
	struct cmvn *c = statistics_of(g, f, by, &x, &why);
	struct features_type type;
	bool known = text && features_type_parse(&type, text) &&
		c && features_width(&type) == c->width;

	if (c && !frame_has(f, FIELD_CMVN))
		cmvn_add(c, x->data, x->dim[0], known ? &type : NULL);
}

static const char *
cmvn(struct cmvn_groups *g, struct frame *f, enum by by, bool means_only)
{
	const char *why;
	const struct tensor *x;
	const struct cmvn *c = statistics_of(g, f, by, &x, &why);
	struct tensor old; /* x itself goes when it is replaced */
	float *y;

	if (!c)
		return why;
	if (frame_has(f, FIELD_CMVN))
		return "normalised already";
	old = *x;
	y = frame_add2(f, FIELD_FEATURES, old.dim[0], old.dim[1]);
	memcpy(y, old.data, tensor_length(&old) * sizeof *y);
	cmvn_apply(c, y, old.dim[0], means_only);
	frame_set_text(f, FIELD_CMVN, by_name[by]);
	return NULL;
}

/* A first pass over a file, where statistics need all of it. */
static void
file_learn(struct cmvn_groups *g, struct reader *in, enum by by)
{
	struct frame f = FRAME_INIT;

	reader_rewind(in); /* a pipe is refused before it is read */
	while (reader_next(in, &f))
		learn(g, &f, by);
	reader_rewind(in);
	frame_release(&f);
}

int
main(int argc, char *argv[])
{
	int by = BY_UTTERANCE;
	bool running = false, means_only = false;
	const struct cli_option options[] = {
		OPT_CHOICE('b', "by", &by, "utterance|speaker|corpus|stream",
		           "whose statistics"),
		OPT_FLAG('r', "running", &running,
		         "one pass: what came so far, by stream if not --by"),
		OPT_FLAG('m', "means-only", &means_only, "leave the scale"),
		OPT_END
	};
	const struct cli_about about = {
		"normalise features to mean 0 and deviation 1",
		"[FILE]", 0, 1
	};
	struct cmvn_groups groups = CMVN_GROUPS_INIT;
	struct frame f = FRAME_INIT;
	int first = cli_parse(argc, argv, options, &about);
	const char *why;
	struct reader in;
	struct writer out;

	if (running && by == BY_UTTERANCE)
		by = BY_STREAM;
	reader_open_path(&in, first < argc ? argv[first] : "-");
	if (by != BY_UTTERANCE && !running)
		file_learn(&groups, &in, (enum by)by);
	writer_open(&out, stdout, "<stdout>", &in, argc, argv);
	while (reader_next(&in, &f)) {
		if (by == BY_UTTERANCE)
			cmvn_groups_clear(&groups);
		if (by == BY_UTTERANCE || running)
			learn(&groups, &f, (enum by)by);
		why = cmvn(&groups, &f, (enum by)by, means_only);
		if (why)
			writer_drop(&out, frame_id(&f), why);
		else
			writer_put(&out, &f);
	}
	reader_close(&in);
	frame_release(&f);
	cmvn_groups_clear(&groups);
	return writer_close(&out);
}
