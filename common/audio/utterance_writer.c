#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/segmenter.h"
#include "audio/utterance_writer.h"
#include "core/die.h"
#include "core/xalloc.h"
#include "corpus/labels.h"
#include "corpus/manifest.h"
#include "stream/fields.h"
#include "stream/part.h"
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

/* Sets all fields but the audio; m is NULL without a manifest. */
static void
fields_set(struct utterance_writer *r, const struct manifest *m, const char *id)
{
	struct frame *f = &r->frame;

	frame_clear(f);
	frame_set_text(f, FIELD_FRAME, "utterance");
	frame_set_text(f, FIELD_ID, id);
	for (size_t i = 0; m && i < m->table.columns; i++)
		if (strcmp(m->table.column[i], "path") != 0 &&
		    strcmp(m->table.column[i], FIELD_START) != 0 &&
		    strcmp(m->table.column[i], FIELD_END) != 0)
			text_set(f, m->table.column[i],
			         manifest_value(m, m->table.column[i]));
	text_set(f, FIELD_LANGUAGE, r->language);
	text_set(f, FIELD_LABEL, r->label);
	text_set(f, FIELD_SPEAKER, r->speaker);
	text_set(f, FIELD_CORPUS, r->corpus);
}

static void
segment_put(struct utterance_writer *r, const struct manifest *m,
            const char *id, const struct segmenter *s)
{
	const struct recording *recording = s->recording;
	double start = (double)recording->begin / recording->wav.rate +
	               (double)s->start / r->rate;
	double end = start + (double)s->length / r->rate;
	bool part = m && m->part && !manifest_value(m, FIELD_ID);
	char *own = part_id(id, start, end);

	fields_set(r, m, r->window > 0 || part ? own : id);
	frame_set_number(&r->frame, FIELD_START, start);
	frame_set_number(&r->frame, FIELD_END, end);
	frame_set_number(&r->frame, FIELD_RATE, r->rate);
	frame_add1(&r->frame, FIELD_AUDIO, 1);
	/* not copied: the audio is in memory once */
	frame_find(&r->frame, FIELD_AUDIO)->tensor = (struct tensor){
		.ndim = 1, .dim = { s->length }, .data = s->samples
	};
	writer_put(r->out, &r->frame);
	free(own);
}

void
utterance_writer_begin(struct utterance_writer *r, struct writer *out,
                       size_t recordings)
{
	struct frame header = FRAME_INIT;
	size_t expected = r->window > 0 ? 0 : recordings; /* unknown */

	r->out = out;
	r->of = recordings;
	if (expected > 0)
		frame_set_number(&header, FIELD_EXPECTED, (double)expected);
	writer_begin(out, &header);
	frame_release(&header);
	progress_begin(&r->progress, "utterances", expected);
}

/* Counts a segment; progress within a recording is by the samples read. */
static void
segment_count(struct utterance_writer *r, const struct audiofile *wav)
{
	double here = wav->counted && wav->frames > 0
		? (double)wav->position / (double)wav->frames : 0;

	if (r->of > 0)
		r->progress.part = ((double)r->recordings + here) /
		                   (double)r->of;
	progress_add(&r->progress, 1);
}

/* The reason names the path, where it differs from the id. */
static void
recording_drop(struct utterance_writer *r, const struct manifest *m,
               const char *path, const char *id, const char *why)
{
	bool named = !m || strcmp(path, id) == 0;
	char *reason = named ? xstrdup(why) : xasprintf("%s: %s", path, why);

	writer_drop(r->out, id, reason);
	free(reason);
}

/* Samples to read of each recording; 0: all. */
static size_t
most_samples(const struct utterance_writer *r)
{
	double most = round((double)r->max_seconds * r->rate);

	return r->max_seconds > 0 && most < 1 ? 1 : (size_t)most;
}

void
utterance_writer_put(struct utterance_writer *r, const struct manifest *m,
                     const char *path, const char *id)
{
	struct recording recording;
	struct segmenter s;
	size_t segments = 0;

	recording_open(&recording, path, &r->wav, r->rate, m ? m->start : 0,
	               m ? m->end : -1);
	segmenter_init(&s, &recording,
	               (size_t)lroundf(r->window * (float)r->rate),
	               (size_t)lroundf(r->hop * (float)r->rate),
	               most_samples(r));
	for (; !recording.why && segmenter_next(&s); segments++) {
		segment_put(r, m, id, &s);
		segment_count(r, &recording.wav);
	}
	if (recording.why)
		recording_drop(r, m, path, id, recording.why);
	else if (segments == 0)
		recording_drop(r, m, path, id, "no audio in it");
	if (!recording.why && !recording.bounded &&
	    audiofile_concatenated(&recording.wav))
		recording_drop(r, m, path, id, "the recordings after "
		               "the first one in it (split the file)");
	if (!recording.why && recording.wav.doubt)
		warn("%s: %s", id, recording.wav.doubt);
	if (!recording.why && audiofile_cancels(&recording.wav))
		warn("%s: its channels cancel each other, so that the mix is "
		     "nearly silent (--channel 1 takes the first)", id);
	if (s.limited)
		warn("%s: only the first %g s are read (--max-seconds)", id,
		     (double)r->max_seconds);
	segmenter_release(&s);
	recording_close(&recording);
	r->recordings++;
}

void
utterance_writer_end(struct utterance_writer *r)
{
	progress_end(&r->progress);
	frame_release(&r->frame);
}
