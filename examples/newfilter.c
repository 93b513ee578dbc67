/*
 * newfilter - add "level", the audio's in dB below full scale
 *
 *	wavread x.wav | newfilter | framedump
 *
 * Put it in filters/ and "make bin/newfilter" builds it.
 */
#include "audio/level.h"
#include "core/cli.h"
#include "stream/reader.h"
#include "stream/writer.h"

int
main(int argc, char *argv[])
{
	const struct cli_option options[] = { OPT_END };
	const struct cli_about about = { "Adds the level of audio.", "", 0, 0 };
	struct frame f = FRAME_INIT;
	struct reader in;
	struct writer out;

	cli_parse(argc, argv, options, &about);
	reader_open(&in, stdin, "<stdin>");
	writer_open(&out, stdout, "<stdout>", &in, argc, argv);
	while (reader_next(&in, &f)) {
		const char *why;
		const struct tensor *audio = frame_need(&f, "audio", 1, &why);

		if (audio)
			frame_set_number(&f, "level", decibels(
				level_rms(audio->data, audio->dim[0]) + 1e-5));
		if (audio)
			writer_put(&out, &f);
		else
			writer_drop(&out, frame_id(&f), why);
	}
	reader_close(&in);
	frame_release(&f);
	return writer_close(&out);
}
