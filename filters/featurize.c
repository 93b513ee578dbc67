/*
 * featurize - add features to each utterance
 *
 *	wavread x.wav | featurize | predict
 *
 * reads  audio     [N]    float32 mono, at the rate given by --rate
 * adds   features  [T,M]  one row for each hop; features.type describes the
 *                         M columns
 *
 * An utterance that cannot be used is dropped with a reason on stderr and
 * counted in the end frame.  See featurize(1) and tunne-frame(5).
 */
#include <stdio.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "feat/extract.h"
#include "stream/fields.h"
#include "stream/filter.h"

enum { TYPE_FBANK_PITCH, TYPE_FBANK, TYPE_MFCC };
enum { BANDS_MIN = 4, BANDS_FBANK = 80, BANDS_MFCC = 23, CEPSTRA = 13 };

static const char *
rate_reason(struct frame *f, int want)
{
	char text[120];

	snprintf(text, sizeof text, "rate is %g, want %d (give wavread and "
	         "featurize the same --rate)", frame_number(f, FIELD_RATE, 0),
	         want);
	return arena_copy(&f->arena, text, strlen(text));
}

static const char *
featurize(const struct extractor *e, struct frame *f)
{
	const char *why;
	const struct tensor *audio = frame_need(f, FIELD_AUDIO, 1, &why);
	char type[FEATURES_TYPE_MAX];
	size_t samples, rows;
	const float *data; /* adding a field may move audio */
	float *features;

	if (!audio)
		return why;
	if (frame_number(f, FIELD_RATE, 0) != e->type.rate)
		return rate_reason(f, e->type.rate);
	samples = audio->dim[0];
	data = audio->data;
	rows = extractor_rows(e, samples);
	if (rows == 0)
		return "shorter than one analysis window";

	features = frame_add2(f, FIELD_FEATURES, rows,
	                      features_width(&e->type));
	extractor_forward(features, data, samples, rows, &f->arena, e);
	frame_remove(f, FIELD_CMVN); /* of the features before */
	frame_remove(f, FIELD_FUNCTIONALS);
	features_type_print(type, &e->type);
	frame_set_text(f, FIELD_FEATURES_TYPE, type);
	return NULL;
}

struct settings {
	int type, rate, bands, cepstra, deltas;
	float window, hop, scale; /* ms, ms, factor */
	bool pitch;
};

/*
 * Milliseconds to whole samples at a rate, as Kaldi counts them.  The factor
 * 1 + 1e-7 makes up for what ms lost when its decimal was rounded to a float.
 */
static int
samples_in(float ms, int rate)
{
	return (int)((double)ms * rate / 1000 * (1 + 1e-7));
}

/* The type that the options choose, or a usage error. */
static struct features_type
type_choose(const struct settings *s, const struct cli_option *options)
{
	bool mfcc = s->type == TYPE_MFCC;
	int bands = s->bands ? s->bands : mfcc ? BANDS_MFCC : BANDS_FBANK;

	if (bands < BANDS_MIN)
		die_usage("--bands %d: want at least %d", bands, BANDS_MIN);
	if (!mfcc && cli_given(options, "cepstra"))
		die_usage("--cepstra needs --type mfcc");
	if (mfcc && s->cepstra > bands)
		die_usage("--cepstra %d: want at most --bands %d", s->cepstra,
		          bands);
	return (struct features_type){
		.kind = mfcc ? FEATURES_MFCC : FEATURES_FBANK,
		.columns = mfcc ? s->cepstra : bands,
		.bands = mfcc ? bands : 0,
		.pitch = s->pitch || s->type == TYPE_FBANK_PITCH,
		.deltas = s->deltas, .rate = s->rate, .scale = s->scale,
		.window = samples_in(s->window, s->rate),
		.hop = samples_in(s->hop, s->rate)
	};
}

static int
stream_run(const struct extractor *e, const char *path, int argc,
           char *argv[])
{
	struct filter s;

	filter_open(&s, path, argc, argv);
	while (filter_next(&s))
		filter_put(&s, featurize(e, &s.frame));
	return filter_close(&s);
}

int
main(int argc, char *argv[])
{
	struct settings s = {
		.rate = 16000, .cepstra = CEPSTRA, .window = 25, .hop = 10,
		.scale = 1
	};
	struct cli_option options[] = {
		OPT_CHOICE('t', "type", &s.type, "fbank+pitch|fbank|mfcc",
		           "type of features"),
		OPT_FLAG('p', "pitch", &s.pitch, "add log F0, voicing, energy"),
		OPT_INT('b', "bands", &s.bands, 0, 256,
		        "mel bands; 0: 80, or 23 for mfcc"),
		OPT_INT('c', "cepstra", &s.cepstra, 2, 256,
		        "cepstral coefficients of mfcc"),
		OPT_INT('d', "deltas", &s.deltas, 0, 2,
		        "order of differences to add"),
		OPT_GROUP("Analysis"),
		OPT_INT('r', "rate", &s.rate, 6000, 96000,
		        "sampling rate of the audio, Hz"),
		OPT_FLOAT('w', "window", &s.window, 5, 200,
		          "analysis window, ms"),
		OPT_FLOAT(0, "hop", &s.hop, 1, 100, "from row to row, ms"),
		OPT_FLOAT('s', "scale", &s.scale, 1e-6, 1e6,
		          "factor on the audio; Kaldi: 32768"),
		OPT_END
	};
	const struct cli_about about = {
		"add Kaldi's log-mel or MFCC features to each utterance",
		"[FILE]", 0, 1
	};
	struct features_type type;
	struct extractor e;
	int first = cli_parse(argc, argv, options, &about), status;

	type = type_choose(&s, options);
	extractor_init(&e, &type);
	status = stream_run(&e, first < argc ? argv[first] : "-", argc, argv);
	extractor_release(&e);
	return status;
}
