#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/die.h"
#include "stream/fields.h"
#include "stream/reader.h"
#include "stream/writer.h"

enum frame_kind { KIND_HEADER, KIND_UTTERANCE, KIND_END, KIND_NONE };

/* Whether the file is also standard output: it might never end. */
static bool
written_too(FILE *fp)
{
	struct stat in, out;

	return fstat(fileno(fp), &in) == 0 &&
	       fstat(STDOUT_FILENO, &out) == 0 && S_ISREG(in.st_mode) &&
	       in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

void
reader_open(struct reader *r, FILE *fp, const char *name)
{
	off_t start = ftello(fp); /* of a pipe -1 */

	start = start < 0 ? 0 : start;
	*r = (struct reader){
		.fp = fp, .name = name, .start = start, .at = start
	};
	if (written_too(fp))
		die("%s: is also the output, so it would be lost or never "
		    "end (write to another file)", name);
}

bool
reader_try_path(struct reader *r, const char *path)
{
	struct stat st;
	FILE *fp;

	if (strcmp(path, "-") == 0) {
		reader_open(r, stdin, "<stdin>");
		return true;
	}
	fp = fopen(path, "rbe"); /* e: closed in a loss command */
	if (!fp) {
		warn("%s:", path);
		return false;
	}
	if (fstat(fileno(fp), &st) == 0 && S_ISDIR(st.st_mode)) {
		warn("%s: is a directory, not a stream of frames", path);
		fclose(fp);
		return false;
	}
	reader_open(r, fp, path);
	return true;
}

void
reader_open_path(struct reader *r, const char *path)
{
	if (!reader_try_path(r, path))
		exit(STATUS_FAILED);
}

void
reader_drain(const char *path)
{
	char bytes[BUFSIZ];
	struct stat st;

	if (strcmp(path, "-") != 0 || fstat(STDIN_FILENO, &st) != 0 ||
	    !S_ISFIFO(st.st_mode))
		return;
	while (fread(bytes, 1, sizeof bytes, stdin) > 0)
		continue;
}

void
reader_show_progress(struct reader *r)
{
	struct stat st;

	if (fstat(fileno(r->fp), &st) == 0 && S_ISREG(st.st_mode))
		r->length = st.st_size;
	progress_begin(&r->progress, "utterances", 0);
}

/* When the next utterance is read, those before it are done. */
static void
progress_update(struct reader *r)
{
	struct progress *p = &r->progress;

	if (r->length > 0)
		p->part = (double)(r->at + (off_t)r->size) /
		          (double)r->length;
	progress_add(p, r->utterances_total - p->done);
}

/* Adds the number that a header expects, once. */
static void
progress_expect(struct reader *r)
{
	struct progress *p = &r->progress;
	double expected = frame_number(&r->header, FIELD_EXPECTED, 0);

	if (r->length == 0 && p->done >= p->total && expected > 0 &&
	    expected < 1e12)
		p->total = p->done + (size_t)expected;
}

static enum frame_kind
kind_of(struct frame *f)
{
	const char *kind = frame_text(f, FIELD_FRAME);

	if (kind && strcmp(kind, "utterance") == 0)
		return KIND_UTTERANCE;
	if (kind && strcmp(kind, "header") == 0)
		return KIND_HEADER;
	if (kind && strcmp(kind, "end") == 0)
		return KIND_END;
	return KIND_NONE;
}

/* Fills f from the bytes that its scanner holds. */
static void
frame_fill(struct frame *f, struct reader *r)
{
	const struct scan *s = &f->scan;

	frame_clear(f);
	f->had = &r->had;
	for (size_t i = 0; i < s->entries; i++) {
		const struct scan_entry *e = &s->entry[i];
		const char *key = (const char *)s->bytes + e->key;
		char name[FRAME_KEY_MAX + 1];

		memcpy(name, key, e->key_length);
		name[e->key_length] = '\0';
		if (frame_has(f, name))
			die("%s: a frame with two \"%s\"", r->name, name);
		/* a skipped value has no bytes, but the field exists */
		frame_set_wire(f, name, (struct codec_value){
			s->bytes + e->value, e->value_size });
	}
}

/* A common mistake in place of a stream, or NULL. */
static const char *
mistaken_for(const struct scan *s, FILE *fp)
{
	static const char *const magic[] = {
		"RIFF", "fLaC", "OggS", "FORM", "ID3"
	};
	char begin[5] = { s->length == 1 ? (char)s->bytes[0] : '\0' };

	begin[1 + fread(begin + 1, 1, 3, fp)] = '\0';
	for (size_t i = 0; i < sizeof magic / sizeof magic[0]; i++)
		if (strncmp(begin, magic[i], strlen(magic[i])) == 0)
			return "a recording, not a stream of frames "
			       "(wavread makes one)";
	return strcmp(begin, "id\ts") == 0
		? "a table, not a stream of frames (predict --frames makes one)"
		: NULL;
}

/* Reads any frame; false where the file ends between two frames. */
static bool
frame_read(struct reader *r, struct frame *f)
{
	const char *why, *mistaken;
	enum scan_result result;

	f->scan.skim = f == &r->header ? 0 : r->skim;
	result = scan_next(&f->scan, r->fp, &why);
	r->at += (off_t)r->size;
	r->size = f->scan.length + f->scan.skipped;
	if (result == SCAN_ERROR && why[strlen(why) - 1] == ':')
		die("read %s:", r->name);
	if (result == SCAN_ERROR && r->runs == 0 &&
	    (mistaken = mistaken_for(&f->scan, r->fp)))
		die("%s: %s", r->name, mistaken);
	if (result == SCAN_ERROR)
		die("%s: %s%s", r->name,
		    r->inside || r->runs == 0 ? "" : "after the end frame: ",
		    why);
	if (result == SCAN_EOF)
		return false;
	frame_fill(f, r);
	return true;
}

static void
header_take(struct reader *r)
{
	double version = frame_number(&r->header, FIELD_VERSION, 0);

	if (version != 1)
		die("%s: stream version %g, this program reads version 1",
		    r->name, version);
	r->inside = true;
	r->runs++;
	r->utterances = 0;
	progress_expect(r);
	if (r->mirror)
		writer_begin(r->mirror, &r->header);
}

static void
end_take(struct reader *r, struct frame *f)
{
	double said = frame_number(f, FIELD_UTTERANCES, -1);

	if (said < 0)
		die("%s: the end frame does not count its utterances", r->name);
	if (said != (double)r->utterances)
		die("%s: the end frame counts %.0f utterances, but there "
		    "were %zu",
		    r->name, said, r->utterances);
	r->dropped = frame_number(f, FIELD_DROPPED, 0);
	if (r->dropped < 0)
		die("%s: the end frame counts %.0f utterances as dropped",
		    r->name, r->dropped);
	r->inside = false;
	if (r->mirror)
		writer_end(r->mirror, r->dropped);
}

bool
reader_more(struct reader *r)
{
	if (r->inside)
		return true;
	if (!frame_read(r, &r->header)) {
		if (r->runs == 0)
			die("%s: empty, not even a header "
			    "(did the filter before it fail?)", r->name);
		return false;
	}
	if (kind_of(&r->header) != KIND_HEADER)
		die(r->runs ? "%s: data after the end frame"
		            : "%s: not a stream of frames (no header)",
		    r->name);
	header_take(r);
	return true;
}

bool
reader_next_in_run(struct reader *r, struct frame *f)
{
	progress_update(r);
	if (!reader_more(r))
		return false;
	if (!frame_read(r, f))
		die("%s: ends without its end frame "
		    "(did the filter before it fail?)", r->name);
	switch (kind_of(f)) {
	case KIND_UTTERANCE:
		r->utterances++;
		r->utterances_total++;
		if (!frame_text(f, FIELD_ID))
			die("%s: utterance %zu has no id, a text "
			    "(see tunne-frame(5))", r->name,
			    r->utterances_total);
		return true;
	case KIND_END:
		end_take(r, f);
		return false;
	case KIND_HEADER:
		die("%s: a header where the end frame should be "
		    "(did the filter before it fail?)", r->name);
	default:
		die("%s: a frame that is neither utterance nor end", r->name);
	}
}

bool
reader_next(struct reader *r, struct frame *f)
{
	while (reader_more(r))
		if (reader_next_in_run(r, f))
			return true;
	return false;
}

void
reader_rewind(struct reader *r)
{
	if (fseeko(r->fp, r->start, SEEK_SET) != 0)
		die("%s: is read twice, so it must be a file, not a pipe",
		    r->name);
	r->inside = false;
	r->runs = r->utterances = r->utterances_total = 0;
	r->at = r->start;
	r->size = 0;
	r->skim = 0;
	progress_again(&r->progress);
}

void
reader_skim(struct reader *r)
{
	struct stat st;

	if (fstat(fileno(r->fp), &st) != 0 || !S_ISREG(st.st_mode) ||
	    fseeko(r->fp, r->start, SEEK_SET) != 0)
		die("%s: is not read in order, so it must be a file, "
		    "not a pipe", r->name);
	r->skim = st.st_size;
}

void
reader_fetch(struct reader *r, struct frame *f, off_t at)
{
	const char *why;

	f->scan.skim = 0;
	if (fseeko(r->fp, at, SEEK_SET) != 0)
		die("read %s:", r->name);
	if (scan_next(&f->scan, r->fp, &why) != SCAN_OK)
		die("%s: has changed while it was read", r->name);
	frame_fill(f, r);
}

void
reader_bytes(struct reader *r, uint8_t *bytes, off_t at, size_t size)
{
	while (size > 0) {
		ssize_t got = pread(fileno(r->fp), bytes, size, at);

		if (got < 0)
			die("read %s:", r->name);
		if (got == 0)
			die("%s: has changed while it was read", r->name);
		bytes += got;
		at += got;
		size -= (size_t)got;
	}
}

void
reader_close(struct reader *r)
{
	progress_end(&r->progress);
	frame_release(&r->header);
	texts_release(&r->had);
	if (r->fp && r->fp != stdin)
		fclose(r->fp);
	r->fp = NULL;
}
