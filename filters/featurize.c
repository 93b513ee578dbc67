/*
 * featurize - add features to each utterance
 *
 *	wavread x.wav | featurize | predict
 *
 * reads  audio     [N]    float32 mono, at the rate given by --rate
 * adds   features  [T,M]  one row a hop; features.type says what M columns
 *
 * An utterance it cannot use is dropped with a reason on stderr and counted
 * in the end frame.  See featurize(1) and tunne-frame(5).
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
	const float *data; /* audio itself may move when a field is added */
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
	frame_remove(f, FIELD_CMVN); /* of features that were there before */
	frame_remove(f, FIELD_FUNCTIONALS);
	features_type_print(type, &e->type);
	frame_set_text(f, FIELD_FEATURES_TYPE, type);
	return NULL;
}

/*
 * Milliseconds to whole samples at a rate, as Kaldi counts them; the 1e-7 is
 * what a float may lack of the decimal it stands for.
 */
static int
samples_in(float ms, int rate)
{
	return (int)((double)ms * rate / 1000 * (1 + 1e-7));
}

/* What the options ask for, or a usage error. */
static struct features_type
type_choose(int kind, bool pitch, int bands, int cepstra, int deltas,
            int rate, float window, float hop, float scale)
{
	bool mfcc = kind == TYPE_MFCC;
	struct features_type t = {
		.kind = mfcc ? FEATURES_MFCC : FEATURES_FBANK,
		.pitch = pitch || kind == TYPE_FBANK_PITCH,
		.deltas = deltas, .rate = rate, .scale = scale,
		.window = samples_in(window, rate),
		.hop = samples_in(hop, rate)
	};

	if (bands == 0)
		bands = mfcc ? BANDS_MFCC : BANDS_FBANK;
	if (bands < BANDS_MIN)
		die_usage("--bands %d: want at least %d", bands, BANDS_MIN);
	if (!mfcc && cepstra != CEPSTRA)
		die_usage("--cepstra %d is of --type mfcc", cepstra);
	t.columns = mfcc ? cepstra : bands;
	t.bands = mfcc ? bands : 0;
	if (mfcc && cepstra > bands)
		die_usage("--cepstra %d: want at most --bands %d", cepstra,
		          bands);
	return t;
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
	int kind = 0, rate = 16000, bands = 0, cepstra = CEPSTRA, deltas = 0;
	float window = 25, hop = 10, scale = 1;
	bool pitch = false;
	struct cli_option options[] = {
		OPT_CHOICE('t', "type", &kind, "fbank+pitch|fbank|mfcc",
		           "what to compute"),
		OPT_FLAG('p', "pitch", &pitch, "add log F0, voicing, energy"),
		OPT_INT('b', "bands", &bands, 0, 256,
		        "mel bands; 0: 80, of mfcc 23"),
		OPT_INT('c', "cepstra", &cepstra, 2, 256, "with mfcc"),
		OPT_INT('d', "deltas", &deltas, 0, 2, "add differences"),
		OPT_INT('r', "rate", &rate, 6000, 96000, "Hz expected"),
		OPT_FLOAT('w', "window", &window, 5, 200, "of analysis, ms"),
		OPT_FLOAT(0, "hop", &hop, 1, 100, "from row to row, ms"),
		OPT_FLOAT('s', "scale", &scale, 1e-6, 1e6,
		          "times audio; 32768: as Kaldi"),
		OPT_END
	};
	const struct cli_about about = {
		"add features to each utterance: Kaldi's log-mel or MFCC",
		"[FILE]", 0, 1
	};
	struct features_type type;
	struct extractor e;
	int first = cli_parse(argc, argv, options, &about), status;

	type = type_choose(kind, pitch, bands, cepstra, deltas, rate, window,
	                   hop, scale);
	extractor_init(&e, &type);
	status = stream_run(&e, first < argc ? argv[first] : "-", argc, argv);
	extractor_release(&e);
	return status;
}
