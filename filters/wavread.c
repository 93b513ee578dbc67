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

#include "audio/utterance_writer.h"
#include "core/cli.h"
#include "core/die.h"
#include "core/number.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "corpus/manifest.h"
#include "stream/writer.h"

static void
manifest_read(struct utterance_writer *u, const char *name)
{
	struct manifest m;
	const char *why;

	manifest_open(&m, name);
	while (manifest_next(&m, &why)) {
		char *id = manifest_id(&m, why);

		if (why)
			writer_drop(u->out, id, why);
		else
			utterance_writer_put(u, &m, m.path, id);
		free(id);
	}
	manifest_close(&m);
}

static void
file_read(struct utterance_writer *u, const char *path)
{
	char *id = xstrdup(path);
	size_t length = strlen(path);

	utf8_repair(id);
	if (length > 4 && strcmp(path + length - 4, ".tsv") == 0)
		writer_drop(u->out, id, "a table (-M reads a manifest)");
	else
		utterance_writer_put(u, NULL, path, id);
	free(id);
}

static void
window_check(struct utterance_writer *u, const struct cli_option *options)
{
	if (cli_given(options, "hop") && u->window == 0)
		die_usage("--hop needs --window");
	if ((u->window > 0 && u->window < .01f) ||
	    (u->hop > 0 && u->hop < .01f))
		die_usage("--window and --hop: want at least 0.01 s");
	if (u->hop > u->window)
		die_usage("--hop %g: longer than --window %g, audio between "
		          "windows would be lost", (double)u->hop,
		          (double)u->window);
	if (u->hop == 0)
		u->hop = u->window;
}

/* Not repaired: two speakers might become one. */
static void
text_check(const char *option, const char *text)
{
	if (text && !utf8_valid(text))
		die_usage("--%s %s: not UTF-8 (iconv converts)", option, text);
}

static void
options_check(struct utterance_writer *u, const struct cli_option *options,
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
	u->wav.channel = (int)n;
	if (given && !u->wav.raw)
		die_usage("--%s needs --raw", given);
	if (u->wav.rate == 0)
		u->wav.rate = u->rate;
	window_check(u, options);
	text_check("language", u->language);
	text_check("label", u->label);
	text_check("speaker", u->speaker);
	text_check("corpus", u->corpus);
}

static int
wavread(struct utterance_writer *u, const struct cli_list *manifests,
        char *argv[], int first, int argc)
{
	size_t recordings = (size_t)(argc - first);
	struct writer out;

	if (first == argc && manifests->length == 0)
		die_usage("no recording: name a file, - for standard input, "
		          "or a manifest (-M)");
	for (size_t i = 0; i < manifests->length; i++)
		cli_stdin_check(manifests->value[i], "a table");
	cli_stdout_check();
	writer_open(&out, stdout, "<stdout>", NULL, argc, argv);
	for (size_t i = 0; i < manifests->length; i++)
		recordings += tsv_count(manifests->value[i]);
	utterance_writer_begin(u, &out, recordings);
	for (size_t i = 0; i < manifests->length; i++)
		manifest_read(u, manifests->value[i]);
	for (int i = first; i < argc; i++)
		file_read(u, argv[i]);
	utterance_writer_end(u);
	return writer_close(&out);
}

int
main(int argc, char *argv[])
{
	struct utterance_writer u = { .rate = 16000, .wav = { .channels = 1 } };
	struct cli_list manifests = { .length = 0 };
	const char *channel = "mix";
	struct cli_option options[] = {
		OPT_LIST('M', "manifest", &manifests, "FILE",
		         "table of recordings"),
		OPT_INT('r', "rate", &u.rate, 4000, 192000,
		        "output sampling rate, Hz"),
		OPT_STRING('c', "channel", &channel, "mix|N",
		           "mean of all, or channel N from 1 on"),
		OPT_GROUP("Length"),
		OPT_FLOAT('w', "window", &u.window, 0, 3600,
		          "cut into windows, s; 0: no"),
		OPT_FLOAT('s', "hop", &u.hop, 0, 3600,
		          "from window to window, s; 0: a window"),
		OPT_FLOAT(0, "max-seconds", &u.max_seconds, 0, 1e6,
		          "limit on each recording; 0: none"),
		OPT_GROUP("Fields where the manifest has none"),
		OPT_STRING('l', "language", &u.language, "CODE",
		           "language, such as en"),
		OPT_STRING(0, "label", &u.label, "WORD", "emotion"),
		OPT_STRING(0, "speaker", &u.speaker, "NAME", "speaker"),
		OPT_STRING(0, "corpus", &u.corpus, "NAME", "corpus"),
		OPT_GROUP("Raw samples"),
		OPT_FLAG(0, "raw", &u.wav.raw, "files are raw samples"),
		OPT_CHOICE('f', "format", &u.wav.format, RAW_WORDS,
		           "sample format, little-endian"),
		OPT_INT(0, "channels", &u.wav.channels, 1, 1024, "channels"),
		OPT_INT(0, "raw-rate", &u.wav.rate, 0, 768000,
		        "sampling rate, Hz; 0: that of the output"),
		OPT_END
	};
	const struct cli_about about = {
		"read recordings into a stream of utterances", "[FILE ...]",
		0, -1
	};
	int first = cli_parse(argc, argv, options, &about);

	options_check(&u, options, channel);
	int status = wavread(&u, &manifests, argv, first, argc);

	free(manifests.value);
	return status;
}
