#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/recorder.h"
#include "audio/slicer.h"
#include "core/die.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "corpus/labels.h"
#include "corpus/manifest.h"
#include "stream/fields.h"
#include "stream/part_id.h"
#include "stream/writer.h"

static void
text_set(struct frame *f, const char *name, const char *text)
{
	char *label;

	if (!text || frame_has(f, name))
		return;
	if (strcmp(name, FIELD_LABEL) == 0) {
		label = label_canonical(text);
		frame_set_text(f, name, label);
		free(label);
	} else {
		frame_set_text(f, name, text);
	}
}

/* Everything but the audio; m is NULL for a file that was named directly. */
static void
describe(struct recorder *r, const struct manifest *m, const char *id)
{
	struct frame *f = &r->frame;

	frame_clear(f);
	frame_set_text(f, FIELD_FRAME, "utterance");
	frame_set_text(f, FIELD_ID, id);
	for (size_t i = 0; m && i < m->columns; i++)
		if (strcmp(m->column[i], "path") != 0 &&
		    strcmp(m->column[i], FIELD_START) != 0 &&
		    strcmp(m->column[i], FIELD_END) != 0)
			text_set(f, m->column[i],
			         manifest_value(m, m->column[i]));
	text_set(f, FIELD_LANGUAGE, r->language);
	text_set(f, FIELD_LABEL, r->label);
	text_set(f, FIELD_SPEAKER, r->speaker);
	text_set(f, FIELD_CORPUS, r->corpus);
}

static void
slice_put(struct recorder *r, const struct manifest *m, const char *id,
          const struct slicer *s)
{
	const struct source *source = s->source;
	double start = (double)source->begin / source->wav.rate +
	               (double)s->start / r->rate;
	double end = start + (double)s->length / r->rate;
	bool part = m && m->part && !manifest_value(m, FIELD_ID);
	char *own = part_id(id, start, end);

	describe(r, m, r->window > 0 || part ? own : id);
	frame_set_number(&r->frame, FIELD_START, start);
	frame_set_number(&r->frame, FIELD_END, end);
	frame_set_number(&r->frame, FIELD_RATE, r->rate);
	frame_add1(&r->frame, FIELD_AUDIO, 1);
	/* lent, not copied: one utterance is in memory once */
	frame_find(&r->frame, FIELD_AUDIO)->tensor = (struct tensor){
		.ndim = 1, .dim = { s->length }, .data = s->samples
	};
	writer_put(r->out, &r->frame);
	free(own);
}

/* Not repaired: two speakers might become one. */
static void
text_check(const char *option, const char *text)
{
	if (text && !utf8_valid(text))
		die_usage("--%s %s: not UTF-8 (iconv converts)", option, text);
}

/* Of windows nobody knows how many there will be. */
void
recorder_begin(struct recorder *r, struct writer *out, size_t recordings)
{
	struct frame header = FRAME_INIT;
	size_t expected = r->window > 0 ? 0 : recordings;

	text_check(FIELD_LANGUAGE, r->language);
	text_check(FIELD_LABEL, r->label);
	text_check(FIELD_SPEAKER, r->speaker);
	text_check(FIELD_CORPUS, r->corpus);
	r->out = out;
	r->of = recordings;
	if (expected > 0)
		frame_set_number(&header, FIELD_EXPECTED, (double)expected);
	writer_begin(out, &header);
	frame_release(&header);
	progress_begin(&r->progress, "utterances", expected);
}

/* Counts a slice; windows tell how far by the samples read. */
static void
progress_slice(struct recorder *r, const struct audiofile *wav)
{
	double here = wav->counted && wav->frames > 0
		? (double)wav->position / (double)wav->frames : 0;

	if (r->of > 0)
		r->progress.part = ((double)r->recordings + here) /
		                   (double)r->of;
	progress_add(&r->progress, 1);
}

/* With the path that was tried, where the id does not tell. */
static void
recording_drop(struct recorder *r, const struct manifest *m,
               const char *path, const char *id, const char *why)
{
	bool told = !m || strcmp(path, id) == 0;
	char *reason = told ? xstrdup(why) : xasprintf("%s: %s", path, why);

	writer_drop(r->out, id, reason);
	free(reason);
}

/* Of a recording; 0: all. */
static size_t
most_samples(const struct recorder *r)
{
	double most = round((double)r->max_seconds * r->rate);

	return r->max_seconds > 0 && most < 1 ? 1 : (size_t)most;
}

void
recorder_put(struct recorder *r, const struct manifest *m, const char *path,
             const char *id)
{
	struct source source;
	struct slicer s;
	size_t slices = 0;

	source_open(&source, path, &r->wav, r->rate, m ? m->start : 0,
	            m ? m->end : -1);
	slicer_init(&s, &source, (size_t)lroundf(r->window * (float)r->rate),
	            (size_t)lroundf(r->hop * (float)r->rate),
	            most_samples(r));
	for (; !source.why && slicer_next(&s); slices++) {
		slice_put(r, m, id, &s);
		progress_slice(r, &source.wav);
	}
	if (source.why)
		recording_drop(r, m, path, id, source.why);
	else if (slices == 0)
		recording_drop(r, m, path, id, "no audio in it");
	if (!source.why && !source.bounded && audiofile_joined(&source.wav))
		recording_drop(r, m, path, id, "what follows the first "
		               "recording in it (split the file)");
	if (!source.why && source.wav.doubt)
		warn("%s: %s", id, source.wav.doubt);
	if (!source.why && mono_cancels(&source.wav.power))
		warn("%s: its channels cancel each other, little is left in "
		     "the mix (--channel 1 takes the first)", id);
	if (s.limited)
		warn("%s: only the first %g s are read (--max-seconds)", id,
		     (double)r->max_seconds);
	slicer_release(&s);
	source_close(&source);
	r->recordings++;
}

void
recorder_end(struct recorder *r)
{
	progress_end(&r->progress);
	frame_release(&r->frame);
}
