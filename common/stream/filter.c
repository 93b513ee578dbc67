#include "core/cli.h"
#include "stream/filter.h"

void
filter_open(struct filter *s, const char *path, int argc, char *argv[])
{
	*s = (struct filter){ .frame = FRAME_INIT };
	cli_stdin_check(path, "a stream of frames");
	cli_stdout_check();
	reader_open_path(&s->in, path);
	reader_show_progress(&s->in);
	writer_open(&s->out, stdout, "<stdout>", &s->in, argc, argv);
}

bool
filter_next(struct filter *s)
{
	return reader_next(&s->in, &s->frame);
}

void
filter_put(struct filter *s, const char *why)
{
	if (why)
		writer_drop(&s->out, frame_id(&s->frame), why);
	else
		writer_put(&s->out, &s->frame);
}

int
filter_close(struct filter *s)
{
	reader_close(&s->in);
	frame_release(&s->frame);
	return writer_close(&s->out);
}
