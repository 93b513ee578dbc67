/*
 * predict - predict the emotion of each utterance
 *
 *	wavread x.wav | featurize | predict
 *
 * reads   features [T,M] and cmvn(1)'s field cmvn; for a network of Hugging
 *         Face audio [N] instead
 * prints  a table with a line for each utterance and a column for each class
 * adds    with --frames: logits [K], classes, embedding [D]; seen, if the
 *         model was trained on the utterance or its speaker
 *
 * An utterance that cannot be used is dropped with a reason.  See predict(1).
 */
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/finite.h"
#include "core/xalloc.h"
#include "eval/prediction_writer.h"
#include "model/model.h"
#include "stream/fields.h"
#include "stream/filter.h"
#include "weights/lineage.h"

struct prediction {
	struct model model;
	struct lineage lineage;
	struct arena arena;       /* for model_infer */
	float *logits;            /* [class_count] */
};

static void
prediction_begin(struct prediction *p, const char *model,
                 const struct model_options *options)
{
	model_open(&p->model, model, options);
	lineage_init(&p->lineage, p->model.name, p->model.file,
	             p->model.input != MODEL_AUDIO);
	p->arena = (struct arena)ARENA_INIT;
	p->logits = xcalloc(p->model.class_count, sizeof *p->logits);
}

static void
prediction_end(struct prediction *p)
{
	free(p->logits);
	arena_release(&p->arena);
	lineage_release(&p->lineage);
	model_release(&p->model);
}

/* Fills p->logits and, if asked to add, fields of the frame. */
static const char *
predict(struct prediction *p, struct frame *f, bool add)
{
	size_t K = p->model.class_count;
	struct model_view view;
	const char *why = model_view(&view, &p->model, f);
	float *embedding = NULL;

	if (why)
		return why;
	if (add)
		embedding = frame_add1(f, FIELD_EMBEDDING,
		                       model_embedding_length(&p->model));
	model_infer(&p->model, p->logits, embedding, &view, &p->arena);
	if (!floats_finite(p->logits, K))
		return "values too large to compute with";
	lineage_mark(&p->lineage, f, FIELD_SEEN);
	if (!add)
		return NULL;
	memcpy(frame_add1(f, FIELD_LOGITS, K), p->logits,
	       K * sizeof *p->logits);
	frame_set_texts(f, FIELD_CLASSES, p->model.classes, K);
	return NULL;
}

static int
frames_print(struct prediction *p, const char *path, int argc, char *argv[])
{
	char *speakers = lineage_speakers(&p->lineage);
	struct filter s;

	filter_open(&s, path, argc, argv);
	frame_set_text(&s.out.header, FIELD_VOICES, speakers);
	free(speakers);
	while (filter_next(&s))
		filter_put(&s, predict(p, &s.frame, true));
	return filter_close(&s);
}

static int
table_print(struct prediction *p, const char *path, bool json,
            struct keys *keep)
{
	struct frame f = FRAME_INIT;
	int status = STATUS_OK;
	struct reader in;
	struct prediction_writer out;
	const char *wrong;

	cli_stdin_check(path, "a stream of frames");
	reader_open_path(&in, path);
	reader_show_progress(&in);
	reader_more(&in); /* no heading where no stream begins */
	wrong = prediction_writer_open(&out, stdout, "<stdout>", json,
	                               p->lineage.corpus_speakers.count, keep,
	                               p->model.classes, p->model.class_count);
	if (wrong)
		die_usage("--keep %s: want names of fields that are not "
		          "columns already", wrong);
	out.regression = p->model.regression;
	while (reader_next(&in, &f)) {
		const char *why = predict(p, &f, false);

		if (why) {
			warn("%s: dropped: %s", frame_id(&f), why);
			status = STATUS_FAILED;
			continue;
		}
		model_probabilities(&p->model, p->logits);
		prediction_writer_put(&out, &f, p->logits);
	}
	reader_close(&in);
	frame_release(&f);
	prediction_writer_close(&out);
	return status;
}

int
main(int argc, char *argv[])
{
	const char *model = NULL, *list = NULL, *path;
	struct model_options o = { .seconds = MODEL_SECONDS };
	bool json = false, frames = false;
	int precision = PRECISION_FP32, first, status;
	struct cli_option options[] = {
		OPT_STRING('m', "model", &model, "MODEL",
		           "model to use instead of the built-in one"),
		OPT_FLAG('j', "json", &json, "JSON Lines instead of a table"),
		OPT_STRING('k', "keep", &list, "KEYS",
		           "fields to print as columns, as fold,sex"),
		OPT_FLAG('f', "frames", &frames,
		         "frames with logits, classes and embedding"),
		OPT_FLOAT(0, "max-seconds", &o.seconds, .025, 3600,
		          "audio that a network reads, s"),
		OPT_CHOICE('p', "precision", &precision, PRECISIONS,
		           "precision of a network's products"),
		OPT_END
	};
	const struct cli_about about = {
		"predict the emotion of each utterance", "[FILE]", 0, 1
	};
	struct prediction p;
	struct keys keep;

	first = cli_parse(argc, argv, options, &about);
	if (frames && (json || list))
		die_usage("--frames excludes --json and --keep");
	cli_value_check("keep", list, keys_check(list));
	keys_init(&keep, list);
	o.precision = (enum precision)precision;
	o.seconds_given = cli_given(options, "max-seconds");
	prediction_begin(&p, model, &o);
	model_options_warn(&p.model, &o);
	path = first < argc ? argv[first] : "-";
	status = frames ? frames_print(&p, path, argc, argv)
	                : table_print(&p, path, json, &keep);
	keys_release(&keep);
	prediction_end(&p);
	return status;
}
