/*
 * newfilter - add "lab.level", the audio level in dB re full scale
 *
 *	wavread x.wav | newfilter | framedump
 */
#include "audio/level.h"
#include "core/cli.h"
#include "stream/filter.h"

int
main(int argc, char *argv[])
{
	struct cli_option options[] = { OPT_END };
	const struct cli_about about = { "add the level", "", 0, 0 };
	const struct tensor *audio;
	const char *why;
	struct filter s;

	cli_parse(argc, argv, options, &about);
	filter_open(&s, "-", argc, argv);
	while (filter_next(&s)) {
		audio = frame_need(&s.frame, "audio", 1, &why);
		if (audio)
			frame_set_number(&s.frame, "lab.level",
				decibels(1e-5 + level_rms(audio->data,
					audio->dim[0])));
		filter_put(&s, why);
	}
	return filter_close(&s);
}
