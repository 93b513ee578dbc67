/*
 * augment - change audio as rooms, noise and microphones do
 *
 *	augment --noise-color pink --snr 5:20 <a.frames | featurize
 *
 * reads     audio [N], rate
 * replaces  audio: speed, reverberation, noise, gain, telephone, in this order
 * adds      augment: the changes made, "noise pink 12.3 dB; gain -3.1 dB"
 *
 * The draws depend only on the seed and the utterance's id (or speaker).  An
 * utterance that cannot be used is dropped with a reason on stderr.
 */
#include <stdlib.h>
#include <string.h>

#include "audio/augmenter.h"
#include "audio/noise.h"
#include "core/cli.h"
#include "core/die.h"
#include "stream/filter.h"

struct ranges {
	const char *speed, *reverb, *snr, *gain; /* "LO:HI" */
};

static void
range_read(struct range *r, const char *option, const char *text, double min,
           double max)
{
	if (text && !range_parse(r, text, min, max))
		die_usage("--%s %s: want LO:HI in %g..%g", option, text, min,
		          max);
}

static void
options_check(struct augmenter *a, const struct ranges *t,
              const struct cli_option *options)
{
	bool noise = a->noises.length > 0 || a->color != COLOR_NONE;

	range_read(&a->speed, "speed", t->speed, .5, 2);
	range_read(&a->reverb, "reverb", t->reverb, .05, 3);
	range_read(&a->snr, "snr", t->snr, -40, 100);
	range_read(&a->gain, "gain", t->gain, -60, 60);
	if (cli_given(options, "snr") && !noise)
		die_usage("--snr needs noise (--noise, --noise-list or "
		          "--noise-color)");
	if (cli_given(options, "babble") && a->noises.length == 0)
		die_usage("--babble needs recordings (--noise or "
		          "--noise-list)");
	if (!noise && !a->speed.given && !a->reverb.given && !a->gain.given &&
	    a->telephone == TELEPHONE_NO)
		die_usage("no effect is chosen (--speed, --reverb, --noise, "
		          "--noise-color, --gain, --telephone)");
	noises_check(&a->noises);
}

/* Gathers --noise, operands and --noise-list; frees the lists. */
static void
noises_gather(struct noises *s, const struct cli_list *files,
              const struct cli_list *manifests, char *operand[])
{
	for (size_t i = 0; i < files->length; i++)
		noises_add(s, files->value[i]);
	for (; *operand; operand++)
		noises_add(s, *operand);
	for (size_t i = 0; i < manifests->length; i++) {
		if (strcmp(manifests->value[i], "-") == 0)
			die_usage("--noise-list -: the stream is read from "
			          "standard input");
		noises_add_manifest(s, manifests->value[i]);
	}
	free(files->value);
	free(manifests->value);
}

static int
augment(const struct augmenter *a, int argc, char *argv[])
{
	struct filter s;

	filter_open(&s, "-", argc, argv);
	while (filter_next(&s))
		filter_put(&s, augmenter_apply(a, &s.frame));
	return filter_close(&s);
}

int
main(int argc, char *argv[])
{
	struct augmenter a = { .probability = 1, .babble = 1 };
	struct ranges ranges = { .snr = "5:20" };
	struct cli_list files = { .length = 0 }, manifests = files;
	int seed = 0, first, status;
	struct cli_option options[] = {
		OPT_GROUP("Noise"),
		OPT_LIST('n', "noise", &files, "FILE",
		         "recording of noise; operands are more"),
		OPT_LIST(0, "noise-list", &manifests, "FILE",
		         "table of recordings of noise"),
		OPT_INT(0, "babble", &a.babble, 1, 64,
		        "number of excerpts, equally loud"),
		OPT_CHOICE(0, "noise-color", &a.color, "none|white|pink",
		           "generated noise"),
		OPT_STRING(0, "snr", &ranges.snr, "LO:HI",
		           "signal-to-noise ratio, dB, -40 to 100"),
		OPT_GROUP("Other effects"),
		OPT_STRING('g', "gain", &ranges.gain, "LO:HI", "dB, -60 to 60"),
		OPT_STRING(0, "speed", &ranges.speed, "LO:HI",
		           "factor for tempo and pitch, 0.5 to 2"),
		OPT_STRING(0, "reverb", &ranges.reverb, "LO:HI",
		           "reverberation time T60, s, 0.05 to 3"),
		OPT_CHOICE(0, "telephone", &a.telephone, "no|band|mulaw",
		           "300 to 3400 Hz; mulaw: 8 bits too"),
		OPT_GROUP("Random draws"),
		OPT_CHOICE('b', "by", &a.by, "id|speaker", "draws differ by"),
		OPT_FLOAT('p', "probability", &a.probability, 0, 1,
		          "share of utterances to change"),
		OPT_INT('s', "seed", &seed, 0, 2147483647, "random seed"),
		OPT_END
	};
	const struct cli_about about = {
		"change audio as rooms, noise and microphones do",
		"[NOISE ...]", 0, -1
	};

	first = cli_parse(argc, argv, options, &about);
	noises_gather(&a.noises, &files, &manifests, argv + first);
	a.seed = (uint64_t)seed;
	options_check(&a, &ranges, options);
	status = augment(&a, argc, argv);
	noises_release(&a.noises);
	return status;
}
