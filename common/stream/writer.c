#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "stream/fields.h"
#include "stream/reader.h"
#include "stream/writer.h"

enum { STREAM_VERSION = 1 };

/* Appends a word to `to`, quoted for the shell; returns the new end. */
static char *
word_quote(char *to, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_^";

	if (*word && !word[strspn(word, plain)])
		return stpcpy(to, word);
	*to++ = '\'';
	for (; *word; word++)
		if (*word == '\'')
			to = stpcpy(to, "'\\''");
		else
			*to++ = *word;
	return stpcpy(to, "'");
}

/* The command line, quoted for the shell; bytes that are not UTF-8 become ?. */
static char *
command_join(int argc, char *argv[])
{
	size_t size = 1;
	char *s, *to;

	for (int i = 0; i < argc; i++)
		size += 4 * strlen(argv[i]) + 3;
	s = to = xcalloc(size, 1);
	for (int i = 0; i < argc; i++) {
		if (i > 0)
			*to++ = ' ';
		to = word_quote(to, argv[i]);
	}
	utf8_repair(s);
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
	*w = (struct writer){ .fp = fp, .name = name };
	w->command = command_join(argc, argv);
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error */
	if (in)
		in->mirror = w;
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

/* The number of values in f: those read, and those added since. */
static size_t
frame_items(const struct frame *f)
{
	enum { OF_TENSOR = 16 };
	size_t items = f->scan.items + 1;

	for (size_t i = 0; i < f->fields; i++) {
		const struct codec_value *v = &f->field[i].value;
		size_t at = (size_t)((uintptr_t)v->bytes -
		                     (uintptr_t)f->scan.bytes);

		if (!v->bytes)
			items += 1 + OF_TENSOR;
		else if (at >= f->scan.length)
			items += 1 + scan_items(v->bytes, v->size);
	}
	return items;
}

/* The size of f on the wire, or a little more: heads count at their longest. */
static size_t
frame_size(const struct frame *f)
{
	size_t size = 3;

	for (size_t i = 0; i < f->fields; i++) {
		const struct field *field = &f->field[i];

		size += strlen(field->name) + 2;
		size += field->value.bytes
			? field->value.size
			: 96 + tensor_length(&field->tensor) * sizeof(float);
	}
	return size;
}

/* Why readers would refuse f, or NULL. */
static const char *
frame_refusal(struct frame *f)
{
	if (f->fields > FRAME_FIELDS_MAX)
		return "would be a frame of more than 1024 fields";
	if (frame_items(f) > FRAME_ITEMS_MAX)
		return "would be a frame of more than 65536 values";
	if (frame_size(f) > FRAME_BYTES_MAX)
		return "would be a frame of more than 1 GiB (wavread --window "
		       "cuts long recordings)";
	for (size_t i = 0; i < f->fields; i++) {
		const struct field *x = &f->field[i];

		if (!x->value.bytes &&
		    !floats_finite(x->tensor.data, tensor_length(&x->tensor)))
			return arena_join(&f->arena, "", x->name,
			                  ": became NaN or infinite");
	}
	return NULL;
}

enum { HISTORY_MAX = 10000 }; /* commands; only the last are kept */

void
writer_begin(struct writer *w, struct frame *header)
{
	struct frame f = FRAME_INIT;
	size_t count = 0;
	const char **old = NULL, **history, *why;

	if (header)
		old = frame_texts(header, FIELD_HISTORY, &count);
	history = xcalloc(count + 1, sizeof *history);
	if (!old)
		count = 0;
	if (count >= HISTORY_MAX) { /* so that they fit into a frame */
		old += count - HISTORY_MAX + 1;
		count = HISTORY_MAX - 1;
		old[0] = "...";
	}
	if (old)
		memcpy(history, old, count * sizeof *history);
	history[count] = w->command;

	frame_set_text(&f, FIELD_FRAME, "header");
	frame_set_number(&f, FIELD_VERSION, STREAM_VERSION);
	for (size_t i = 0; header && i < header->fields; i++)
		frame_set_field(&f, &header->field[i]);
	for (size_t i = 0; i < w->header.fields; i++)
		frame_set_field(&f, &w->header.field[i]);
	if (w->fewer)
		frame_remove(&f, FIELD_EXPECTED);
	frame_set_texts(&f, FIELD_HISTORY, history, count + 1);
	why = frame_refusal(&f);
	if (why)
		die("%s: the header %s", w->name, why);
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
	const char *why;

	if (!frame_has(f, FIELD_FRAME))
		frame_set_text(f, FIELD_FRAME, "utterance");
	why = frame_refusal(f);
	if (why) {
		writer_drop(w, frame_id(f), why);
		return;
	}
	frame_write(w, f);
	w->utterances++;
	w->utterances_total++;
}

void
writer_put_bytes(struct writer *w, const uint8_t *bytes, size_t size)
{
	check(w, fwrite(bytes, 1, size, w->fp) == size);
	if (!w->buffered)
		flush(w);
	w->utterances++;
	w->utterances_total++;
}

void
writer_drop(struct writer *w, const char *id, const char *why)
{
	warn("%.1000s%s: dropped: %s", id, strlen(id) > 1000 ? "..." : "",
	     why);
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
	frame_release(&w->header);
	return w->dropped_total > 0 ? STATUS_FAILED : STATUS_OK;
}
