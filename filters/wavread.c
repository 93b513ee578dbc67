/*
 * wavread - read recordings into a stream of utterances
 *
 *	wavread -M train.tsv | featurize >train.frames
 *
 * reads  audio files that libsndfile supports; manifests; raw samples
 * adds   id, language, label, speaker, corpus and further columns of a
 *        manifest, start, end (s), rate (Hz), audio [N] (mono)
 *
 * A recording that cannot be read whole is dropped with a reason on stderr and
 * counted in the end frame.  See wavread(1), tunne-manifest(5), tunne-frame(5).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/utterance_writer.h"
#include "core/cli.h"
#include "core/die.h"
#include "core/number.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "corpus/manifest.h"
#include "stream/writer.h"

static void
manifest_read(struct utterance_writer *r, const char *name)
{
	struct manifest m;
	const char *why;

	manifest_open(&m, name);
	while (manifest_next(&m, &why)) {
		char *id = manifest_id(&m, why);

		if (why)
			writer_drop(r->out, id, why);
		else
			utterance_writer_put(r, &m, m.path, id);
		free(id);
	}
	manifest_close(&m);
}

static void
file_read(struct utterance_writer *r, const char *path)
{
	char *id = xstrdup(path);
	size_t length = strlen(path);

	utf8_repair(id);
	if (length > 4 && strcmp(path + length - 4, ".tsv") == 0)
		writer_drop(r->out, id, "a table (-M reads a manifest)");
	else
		utterance_writer_put(r, NULL, path, id);
	free(id);
}

static void
window_check(struct utterance_writer *r, const struct cli_option *options)
{
	if (cli_given(options, "hop") && r->window == 0)
		die_usage("--hop needs --window");
	if ((r->window > 0 && r->window < .01f) ||
	    (r->hop > 0 && r->hop < .01f))
		die_usage("--window and --hop: want at least 0.01 s");
	if (r->hop > r->window)
		die_usage("--hop %g: longer than --window %g, audio between "
		          "windows would be lost", (double)r->hop,
		          (double)r->window);
	if (r->hop == 0)
		r->hop = r->window;
}

/* Not repaired: two speakers might become one. */
static void
text_check(const char *option, const char *text)
{
	if (text && !utf8_valid(text))
		die_usage("--%s %s: not UTF-8 (iconv converts)", option, text);
}

static void
options_check(struct utterance_writer *r, const struct cli_option *options,
              const char *channel)
{
	static const char *const raw[] = {
		"format", "channels", "raw-rate", NULL
	};
	const char *given = cli_given_any(options, raw);
	long n = 0;

	if (strcmp(channel, "mix") != 0 &&
	    (!number_integer(channel, &n) || n < 1 || n > AUDIO_CHANNELS_MAX))
		die_usage("--channel %s: want mix or 1..%d", channel,
		          AUDIO_CHANNELS_MAX);
	r->wav.channel = (int)n;
	if (given && !r->wav.raw)
		die_usage("--%s needs --raw", given);
	if (r->wav.rate == 0)
		r->wav.rate = r->rate;
	window_check(r, options);
	text_check("language", r->language);
	text_check("label", r->label);
	text_check("speaker", r->speaker);
	text_check("corpus", r->corpus);
}

static int
wavread(struct utterance_writer *r, const struct cli_list *manifests,
        char *argv[], int first, int argc)
{
	size_t recordings = (size_t)(argc - first);
	struct writer out;

	if (first == argc && manifests->length == 0)
		die_usage("no recording: name a file, - for standard input, "
		          "or a manifest (-M)");
	for (size_t i = 0; i < manifests->length; i++)
		if (strcmp(manifests->value[i], "-") == 0 &&
		    isatty(STDIN_FILENO))
			die_usage("standard input is a terminal, want a table");
	writer_open(&out, stdout, "<stdout>", NULL, argc, argv);
	for (size_t i = 0; i < manifests->length; i++)
		recordings += tsv_count(manifests->value[i]);
	utterance_writer_begin(r, &out, recordings);
	for (size_t i = 0; i < manifests->length; i++)
		manifest_read(r, manifests->value[i]);
	for (int i = first; i < argc; i++)
		file_read(r, argv[i]);
	utterance_writer_end(r);
	return writer_close(&out);
}

int
main(int argc, char *argv[])
{
	struct utterance_writer r = { .rate = 16000, .wav = { .channels = 1 } };
	struct cli_list manifests = { .length = 0 };
	const char *channel = "mix";
	struct cli_option options[] = {
		OPT_LIST('M', "manifest", &manifests, "FILE",
		         "table of recordings"),
		OPT_INT('r', "rate", &r.rate, 4000, 192000,
		        "output sampling rate, Hz"),
		OPT_STRING('c', "channel", &channel, "mix|N",
		           "mean of all, or channel N from 1 on"),
		OPT_GROUP("Length"),
		OPT_FLOAT('w', "window", &r.window, 0, 3600,
		          "cut into windows, s; 0: no"),
		OPT_FLOAT('s', "hop", &r.hop, 0, 3600,
		          "from window to window, s; 0: a window"),
		OPT_FLOAT(0, "max-seconds", &r.max_seconds, 0, 1e6,
		          "limit on each recording; 0: none"),
		OPT_GROUP("Fields where the manifest has none"),
		OPT_STRING('l', "language", &r.language, "CODE",
		           "language, such as en"),
		OPT_STRING(0, "label", &r.label, "WORD", "emotion"),
		OPT_STRING(0, "speaker", &r.speaker, "NAME", "speaker"),
		OPT_STRING(0, "corpus", &r.corpus, "NAME", "corpus"),
		OPT_GROUP("Raw samples"),
		OPT_FLAG(0, "raw", &r.wav.raw, "files are raw samples"),
		OPT_CHOICE('f', "format", &r.wav.format, RAW_WORDS,
		           "sample format, little-endian"),
		OPT_INT(0, "channels", &r.wav.channels, 1, 1024, "channels"),
		OPT_INT(0, "raw-rate", &r.wav.rate, 0, 768000,
		        "sampling rate, Hz; 0: that of the output"),
		OPT_END
	};
	const struct cli_about about = {
		"read recordings into a stream of utterances", "[FILE ...]",
		0, -1
	};
	int first = cli_parse(argc, argv, options, &about);

	options_check(&r, options, channel);
	int status = wavread(&r, &manifests, argv, first, argc);

	free(manifests.value);
	return status;
}
