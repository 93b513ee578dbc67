/*
 * augment - change audio as rooms, noise and microphones would
 *
 *	augment --noise-color pink --snr 5:20 <a.frames | featurize
 *
 * reads     audio [N], rate
 * replaces  audio: speed, reverberation, noise, gain, telephone, in this order
 * adds      augment: what was done, "noise pink 12.3 dB; gain -3.1 dB"
 *
 * What is drawn depends on the seed and the utterance's id (or speaker) alone.
 * An utterance that it cannot use is dropped with a reason on stderr.
 */
#include <stdlib.h>
#include <string.h>

#include "audio/augmenter.h"
#include "audio/noises.h"
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
options_check(struct augmenter *a, const struct ranges *t)
{
	bool noise = a->noises.length > 0 || a->color != COLOR_NONE;

	range_read(&a->speed, "speed", t->speed, .5, 2);
	range_read(&a->reverb, "reverb", t->reverb, .05, 3);
	range_read(&a->snr, "snr", t->snr ? t->snr : "5:20", -40, 100);
	range_read(&a->gain, "gain", t->gain, -60, 60);
	if (t->snr && !noise)
		die_usage("--snr of which noise? --noise or --noise-color");
	if (a->babble > 1 && a->noises.length == 0)
		die_usage("--babble of which voices? --noise or --noise-list");
	if (!noise && !a->speed.given && !a->reverb.given && !a->gain.given &&
	    a->telephone == TELEPHONE_NO)
		die_usage("nothing to do");
	noises_check(&a->noises);
}

/* Of --noise, of the operands, of --noise-list; frees the lists. */
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
			die_usage("--noise-list -: standard input is the "
			          "stream");
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
	struct ranges ranges = { .speed = NULL };
	struct cli_list files = { .length = 0 }, manifests = files;
	int seed = 0, by = 0, first, status;
	struct cli_option options[] = {
		OPT_LIST('n', "noise", &files, "FILE",
		         "a recording of noise; operands are more"),
		OPT_LIST(0, "noise-list", &manifests, "FILE",
		         "a table of such recordings"),
		OPT_INT(0, "babble", &a.babble, 1, 64,
		        "so many excerpts at once, equally loud"),
		OPT_CHOICE(0, "noise-color", &a.color, "none|white|pink",
		           "noise that is made"),
		OPT_STRING(0, "snr", &ranges.snr, "LO:HI",
		           "speech over noise, dB, -40 to 100 [5:20]"),
		OPT_STRING('g', "gain", &ranges.gain, "LO:HI",
		           "dB, -60 to 60"),
		OPT_STRING(0, "speed", &ranges.speed, "LO:HI",
		           "factor, 0.5 to 2; pitch goes with it"),
		OPT_STRING(0, "reverb", &ranges.reverb, "LO:HI",
		           "time to die away by 60 dB, s, 0.05 to 3"),
		OPT_CHOICE(0, "telephone", &a.telephone, "no|band|mulaw",
		           "300 to 3400 Hz; 8 bits too"),
		OPT_CHOICE('b', "by", &by, "id|speaker", "whose draws"),
		OPT_FLOAT('p', "probability", &a.probability, 0, 1,
		          "that an utterance is changed"),
		OPT_INT('s', "seed", &seed, 0, 2147483647, "of the draws"),
		OPT_END
	};
	const struct cli_about about = {
		"change audio as rooms, noise and microphones would",
		"[NOISE ...]", 0, -1
	};

	first = cli_parse(argc, argv, options, &about);
	noises_gather(&a.noises, &files, &manifests, argv + first);
	a.seed = (uint64_t)seed;
	a.by_speaker = by == 1;
	options_check(&a, &ranges);
	status = augment(&a, argc, argv);
	noises_release(&a.noises);
	return status;
}
