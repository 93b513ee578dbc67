/*
 * encode - add the statistics of a pre-trained network's layers
 *
 *	wavread -M m.tsv | encode -m whisper-base/ >encodings.frames
 *
 * reads  audio     [N]
 * adds   encoding  [L,2D]: for each layer the mean over time of its D channels,
 *                  then their standard deviation; encoding.model
 *
 * A head is trained on encodings in seconds: student-init --encodings.  An
 * utterance that cannot be used is dropped with a reason.  See encode(1).
 */
#include <omp.h>
#include <stdlib.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/finite.h"
#include "core/xalloc.h"
#include "model/model.h"
#include "stream/fields.h"
#include "stream/filter.h"
#include "weights/digest.h"

struct encoding {
	struct model model;
	size_t layers;
	char *name;               /* digest, view and layers */
	struct arena arena;
};

static void
encoding_begin(struct encoding *e, const char *path, int layers,
               const struct model_options *options)
{
	struct model *m = &e->model;
	size_t most;
	char *digest;

	e->arena = (struct arena)ARENA_INIT;
	model_open(m, path, options);
	most = model_encoding_layers(m);
	if (most == 0)
		die("%s: has no layers to encode: want a network of Hugging "
		    "Face, in a directory", path);
	if ((size_t)layers > most)
		die_usage("--layers %d: %s has %zu", layers, path, most);
	e->layers = layers ? (size_t)layers : most;
	digest = digest_of(m->file);
	e->name = xasprintf("%s%s, layers %zu", digest,
	                    options->full ? ", full" : "", e->layers);
	free(digest);
	if (precision_rounds(options->precision))
		safetensors_forget(m->file);
}

static void
encoding_end(struct encoding *e)
{
	free(e->name);
	arena_release(&e->arena);
	model_release(&e->model);
}

static const char *
encode(struct encoding *e, struct frame *f)
{
	size_t states = e->layers + 1, width = model_encoding_width(&e->model);
	struct model_view view;
	const char *why = model_view(&view, &e->model, f);
	float *encoding;

	if (why)
		return why;
	encoding = frame_add2(f, FIELD_ENCODING, states, width);
	model_encode(&e->model, encoding, e->layers, &view, &e->arena);
	frame_remove(f, FIELD_ENCODING_CMVN); /* of the one before */
	frame_set_text(f, FIELD_ENCODING_MODEL, e->name);
	return floats_finite(encoding, states * width)
		? NULL : "values too large to compute with";
}

int
main(int argc, char *argv[])
{
	const char *model = NULL;
	struct model_options o = { .seconds = MODEL_SECONDS, .headless = true };
	int threads = 0, precision = PRECISION_FP32, layers = 0, first;
	struct cli_option options[] = {
		OPT_STRING('m', "model", &model, "MODEL",
		           "network of Hugging Face, with or without a head"),
		OPT_INT('l', "layers", &layers, 0, 128,
		        "layers to compute; 0: all"),
		OPT_FLAG(0, "full", &o.full,
		         "pad the input of Whisper to 30 s"),
		OPT_FLOAT(0, "max-seconds", &o.seconds, .025, 3600,
		          "audio that is read, s"),
		OPT_CHOICE('p', "precision", &precision, PRECISIONS,
		           "precision of products"),
		OPT_INT('j', "threads", &threads, 0, 256,
		        "threads; 0: all processors"),
		OPT_END
	};
	const struct cli_about about = {
		"add the statistics of a pre-trained network's layers",
		"[FILE]", 0, 1
	};
	struct encoding e;
	struct filter s;

	first = cli_parse(argc, argv, options, &about);
	if (!model)
		die_usage("--model is missing: a network of Hugging Face");
	if (threads > 0)
		omp_set_num_threads(threads);
	o.precision = (enum precision)precision;
	o.seconds_given = cli_given(options, "max-seconds");
	encoding_begin(&e, model, layers, &o);
	filter_open(&s, first < argc ? argv[first] : "-", argc, argv);
	while (filter_next(&s))
		filter_put(&s, encode(&e, &s.frame));
	encoding_end(&e);
	return filter_close(&s);
}
