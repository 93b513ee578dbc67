#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "stream/fields.h"
#include "stream/reader.h"
#include "stream/writer.h"

enum { STREAM_VERSION = 1 };

/* The command line as one text, words with blanks in quotes. */
static char *
command_join(int argc, char *argv[])
{
	size_t size = 1, used = 0;
	char *s;

	for (int i = 0; i < argc; i++)
		size += strlen(argv[i]) + 3;
	s = xcalloc(size, 1);
	for (int i = 0; i < argc; i++) {
		bool quote = !*argv[i] || strpbrk(argv[i], " \t\n'\"|<>;&");

		used += (size_t)snprintf(s + used, size - used,
		                         quote ? "%s'%s'" : "%s%s",
		                         i ? " " : "", argv[i]);
	}
	return s;
}

static void
check(const struct writer *w, int written)
{
	if (!written)
		die("write %s:", w->name);
}

static void
flush(const struct writer *w)
{
	check(w, fflush(w->fp) == 0);
}

void
writer_open(struct writer *w, FILE *fp, const char *name, struct reader *in,
            int argc, char *argv[])
{
	*w = (struct writer){ .fp = fp, .name = name, .joined = in != NULL };
	w->command = command_join(argc, argv);
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error */
	if (in)
		in->mirror = w;
	else
		writer_begin(w, NULL);
}

static void
frame_write(struct writer *w, const struct frame *f)
{
	check(w, codec_write_map(w->fp, f->fields));
	for (size_t i = 0; i < f->fields; i++) {
		const struct field *field = &f->field[i];
		struct codec_value v = field->value;

		check(w, codec_write_text(w->fp, field->name));
		if (v.bytes)
			check(w, fwrite(v.bytes, 1, v.size, w->fp) == v.size);
		else
			check(w, codec_write_tensor(w->fp, &field->tensor));
	}
	if (!w->buffered)
		flush(w);
}

void
writer_begin(struct writer *w, struct frame *header)
{
	struct frame f = FRAME_INIT;
	size_t count = 0;
	const char **old = NULL, **history;

	if (header)
		old = frame_texts(header, FIELD_HISTORY, &count);
	history = xcalloc(count + 1, sizeof *history);
	if (old)
		memcpy(history, old, count * sizeof *history);
	else
		count = 0;
	history[count] = w->command;

	frame_set_text(&f, FIELD_FRAME, "header");
	frame_set_number(&f, FIELD_VERSION, STREAM_VERSION);
	for (size_t i = 0; header && i < header->fields; i++)
		frame_set_field(&f, &header->field[i]);
	frame_set_texts(&f, FIELD_HISTORY, history, count + 1);
	frame_write(w, &f);
	frame_release(&f);
	free(history);
	w->inside = true;
	w->utterances = w->dropped = 0;
}

void
writer_end(struct writer *w, double dropped_before)
{
	struct frame f = FRAME_INIT;

	frame_set_text(&f, FIELD_FRAME, "end");
	frame_set_number(&f, FIELD_UTTERANCES, (double)w->utterances);
	frame_set_number(&f, FIELD_DROPPED,
	                 dropped_before + (double)w->dropped);
	frame_write(w, &f);
	frame_release(&f);
	flush(w);
	w->inside = false;
}

void
writer_put(struct writer *w, struct frame *f)
{
	if (!frame_has(f, FIELD_FRAME))
		frame_set_text(f, FIELD_FRAME, "utterance");
	frame_write(w, f);
	w->utterances++;
}

void
writer_drop(struct writer *w, const char *id, const char *why)
{
	warn("%s: dropped: %s", id, why);
	w->dropped++;
	w->dropped_total++;
}

int
writer_close(struct writer *w)
{
	if (w->inside)
		writer_end(w, 0);
	check(w, fclose(w->fp) == 0);
	free(w->command);
	return w->dropped_total > 0 ? STATUS_FAILED : STATUS_OK;
}
