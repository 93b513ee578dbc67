/*
 * predict - name the emotion of each utterance
 *
 *	wavread x.wav | featurize | predict
 *
 * reads   features [T,M]; cmvn, where cmvn(1) has normalised them; for a
 *         network of Hugging Face audio [N] instead
 * prints  a table: a line an utterance, a column a class
 * adds    with --frames: logits [K], classes, embedding [D]; seen, if the
 *         model was trained with the utterance or its speaker
 *
 * An utterance it cannot use is dropped, with a reason.  See predict(1).
 */
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/finite.h"
#include "core/xalloc.h"
#include "eval/prediction_writer.h"
#include "model/lineage.h"
#include "model/model_options.h"
#include "stream/fields.h"
#include "stream/filter.h"

/* What the loop carries from one utterance to the next. */
struct prediction {
	struct model model;
	struct lineage lineage;
	struct arena arena;       /* of the network */
	float *logits;            /* one for each class */
};

/* To p->logits; with add, to fields of the frame, too. */
static const char *
predict(struct prediction *p, struct frame *f, bool add)
{
	const char *why;
	size_t rows, K = p->model.class_count;
	const float *view = model_view(&p->model, f, &rows, &why);
	float *embedding = NULL;

	if (!view)
		return why;
	if (add)
		embedding = frame_add1(f, FIELD_EMBEDDING,
		                       model_embedding_length(&p->model));
	model_infer(&p->model, p->logits, embedding, view, rows, &p->arena);
	if (!floats_finite(p->logits, K))
		return "values too large to compute with";
	lineage_mark(&p->lineage, f, FIELD_SEEN, &p->model);
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
	char *voices = lineage_voices(&p->lineage);
	struct filter s;

	filter_open(&s, path, argc, argv);
	frame_set_text(&s.out.header, FIELD_VOICES, voices);
	free(voices);
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
	                               p->lineage.voices.count, keep,
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
	const char *model = NULL, *path, *list = NULL;
	bool json = false, frames = false;
	int precision = PRECISION_FP32, first, status;
	float seconds = MODEL_SECONDS;
	struct cli_option options[] = {
		OPT_STRING('m', "model", &model, "FILE", "not the built-in"),
		OPT_FLAG('j', "json", &json, "JSON Lines instead of a table"),
		OPT_STRING('k', "keep", &list, "KEYS",
		           "more fields as columns, as in fold,sex"),
		OPT_FLOAT(0, "max-seconds", &seconds, .025, 3600,
		          "of audio that a network hears"),
		OPT_CHOICE('p', "precision", &precision, PRECISIONS,
		           "of a network's products"),
		OPT_FLAG('f', "frames", &frames,
		         "frames with logits, classes and embedding"),
		OPT_END
	};
	const struct cli_about about = {
		"name the emotion of each utterance", "[FILE]", 0, 1
	};
	struct prediction p = { .logits = NULL };
	struct keys keep;

	first = cli_parse(argc, argv, options, &about);
	if (frames && (json || list))
		die_usage("--frames excludes --json and --keep");
	cli_value_check("keep", list, keys_check(list));
	keys_init(&keep, list);
	path = first < argc ? argv[first] : "-";
	model_open_at(&p.model, model, (enum precision)precision);
	model_options_set(&p.model, seconds, (enum precision)precision);
	lineage_init(&p.lineage, &p.model);
	p.logits = xcalloc(p.model.class_count, sizeof *p.logits);
	status = frames ? frames_print(&p, path, argc, argv)
	                : table_print(&p, path, json, &keep);
	keys_release(&keep);
	free(p.logits);
	arena_release(&p.arena);
	lineage_release(&p.lineage);
	model_release(&p.model);
	return status;
}
