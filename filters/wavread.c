/*
 * wavread - read recordings into a stream of utterances
 *
 *	wavread -M train.tsv | featurize >train.frames
 *
 * reads  audio files, whatever libsndfile reads; tables of them; raw samples
 * adds   id, language, label, speaker, corpus and further columns of a table,
 *        start, end (s), rate (Hz), audio [N] (mono)
 *
 * What cannot be read whole is dropped with a reason on stderr and counted in
 * the end frame.  See wavread(1), tunne-manifest(5) and tunne-frame(5).
 */
#include <stdlib.h>
#include <string.h>

#include "audio/recorder.h"
#include "core/cli.h"
#include "core/die.h"
#include "core/number.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "corpus/manifest.h"
#include "stream/writer.h"

static void
manifest_read(struct recorder *r, const char *name)
{
	struct manifest m;
	const char *why;

	manifest_open(&m, name);
	while (manifest_next(&m, &why)) {
		char *id = manifest_id(&m, why);

		if (why)
			writer_drop(r->out, id, why);
		else
			recorder_put(r, &m, m.path, id);
		free(id);
	}
	manifest_close(&m);
}

static void
file_read(struct recorder *r, const char *path)
{
	char *id = xstrdup(path);
	size_t length = strlen(path);

	utf8_repair(id);
	if (length > 4 && strcmp(path + length - 4, ".tsv") == 0)
		writer_drop(r->out, id, "a table (of recordings? then -M)");
	else
		recorder_put(r, NULL, path, id);
	free(id);
}

static void
options_check(struct recorder *r, const char *channel)
{
	long n = 0;

	if (strcmp(channel, "mix") != 0 &&
	    (!number_integer(channel, &n) || n < 1 || n > AUDIO_CHANNELS_MAX))
		die_usage("--channel %s: want mix or 1..%d", channel,
		          AUDIO_CHANNELS_MAX);
	r->wav.channel = (int)n;
	if (!r->wav.raw && (r->wav.format || r->wav.channels > 1 ||
	                    r->wav.rate))
		die_usage("--format, --channels and --raw-rate are of --raw");
	if (r->hop > 0 && r->window == 0)
		die_usage("--hop needs --window");
	if ((r->window > 0 && r->window < .01f) ||
	    (r->hop > 0 && r->hop < .01f))
		die_usage("--window and --hop: at least 0.01 s");
	if (r->hop > r->window)
		die_usage("--hop %g: longer than --window %g, and audio "
		          "between would be lost", (double)r->hop,
		          (double)r->window);
	if (r->hop == 0)
		r->hop = r->window;
	if (r->wav.rate == 0)
		r->wav.rate = r->rate;
}

static int
wavread(struct recorder *r, const struct cli_list *manifests, char *argv[],
        int first, int argc)
{
	size_t recordings = (size_t)(argc - first);
	struct writer out;

	if (first == argc && manifests->length == 0)
		die_usage("name a file, - for standard input, or a manifest "
		          "(-M)");
	cli_stdout_check();
	writer_open(&out, stdout, "<stdout>", NULL, argc, argv);
	for (size_t i = 0; i < manifests->length; i++)
		recordings += manifest_count(manifests->value[i]);
	recorder_begin(r, &out, recordings);
	for (size_t i = 0; i < manifests->length; i++)
		manifest_read(r, manifests->value[i]);
	for (int i = first; i < argc; i++)
		file_read(r, argv[i]);
	recorder_end(r);
	return writer_close(&out);
}

int
main(int argc, char *argv[])
{
	struct recorder r = { .rate = 16000, .wav = { .channels = 1 } };
	struct cli_list manifests = { .length = 0 };
	const char *channel = "mix";
	struct cli_option options[] = {
		OPT_LIST('M', "manifest", &manifests, "FILE",
		         "a table of recordings"),
		OPT_INT('r', "rate", &r.rate, 4000, 192000, "output, Hz"),
		OPT_STRING('c', "channel", &channel, "mix|N",
		           "mean of all, or one from 1 on"),
		OPT_FLOAT('w', "window", &r.window, 0, 3600,
		          "cut into windows, s; 0: whole"),
		OPT_FLOAT('s', "hop", &r.hop, 0, 3600,
		          "from window to window, s; 0: a window"),
		OPT_FLOAT(0, "max-seconds", &r.max_seconds, 0, 1e6,
		          "read so much of each; 0: all"),
		OPT_STRING('l', "language", &r.language, "CODE",
		           "where the manifest has none"),
		OPT_STRING(0, "label", &r.label, "WORD", "likewise"),
		OPT_STRING(0, "speaker", &r.speaker, "NAME", "likewise"),
		OPT_STRING(0, "corpus", &r.corpus, "NAME", "likewise"),
		OPT_FLAG(0, "raw", &r.wav.raw, "files are bare samples"),
		OPT_CHOICE('f', "format", &r.wav.format, RAW_WORDS,
		           "of them, little-endian"),
		OPT_INT(0, "channels", &r.wav.channels, 1, 1024, "of them"),
		OPT_INT(0, "raw-rate", &r.wav.rate, 0, 768000,
		        "of them, Hz; 0: the output's"),
		OPT_END
	};
	const struct cli_about about = {
		"read recordings into a stream of utterances", "[FILE ...]",
		0, -1
	};
	int first = cli_parse(argc, argv, options, &about);

	options_check(&r, channel);
	int status = wavread(&r, &manifests, argv, first, argc);

	free(manifests.value);
	return status;
}
