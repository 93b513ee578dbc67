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

/* Sets all fields but the audio; m is NULL without a manifest. */
static void
fields_set(struct utterance_writer *u, const struct manifest *m, const char *id)
{
	struct frame *f = &u->frame;

	frame_clear(f);
	frame_set_text(f, FIELD_FRAME, "utterance");
	frame_set_text(f, FIELD_ID, id);
	for (size_t i = 0; m && i < m->table.columns; i++)
		if (strcmp(m->table.column[i], "path") != 0 &&
		    strcmp(m->table.column[i], FIELD_START) != 0 &&
		    strcmp(m->table.column[i], FIELD_END) != 0)
			text_set(f, m->table.column[i],
			         manifest_value(m, m->table.column[i]));
	text_set(f, FIELD_LANGUAGE, u->language);
	text_set(f, FIELD_LABEL, u->label);
	text_set(f, FIELD_SPEAKER, u->speaker);
	text_set(f, FIELD_CORPUS, u->corpus);
}

static void
segment_put(struct utterance_writer *u, const struct manifest *m,
            const char *id, const struct segmenter *s)
{
	const struct recording *recording = s->recording;
	double start = (double)recording->begin / recording->wav.rate +
	               (double)s->start / u->rate;
	double end = start + (double)s->length / u->rate;
	bool part = m && m->part && !manifest_value(m, FIELD_ID);
	char *own = part_id(id, start, end);

	fields_set(u, m, u->window > 0 || part ? own : id);
	frame_set_number(&u->frame, FIELD_START, start);
	frame_set_number(&u->frame, FIELD_END, end);
	frame_set_number(&u->frame, FIELD_RATE, u->rate);
	frame_add1(&u->frame, FIELD_AUDIO, 1);
	/* not copied: the audio is in memory once */
	frame_find(&u->frame, FIELD_AUDIO)->tensor = (struct tensor){
		.ndim = 1, .dim = { s->length }, .data = s->samples
	};
	writer_put(u->out, &u->frame);
	free(own);
}

void
utterance_writer_begin(struct utterance_writer *u, struct writer *out,
                       size_t recordings)
{
	struct frame header = FRAME_INIT;
	size_t expected = u->window > 0 ? 0 : recordings; /* unknown */

	u->out = out;
	u->of = recordings;
	if (expected > 0)
		frame_set_number(&header, FIELD_EXPECTED, (double)expected);
	writer_begin(out, &header);
	frame_release(&header);
	progress_begin(&u->progress, "utterances", expected);
}

/* Counts a segment; progress within a recording is by the samples read. */
static void
segment_count(struct utterance_writer *u, const struct audiofile *wav)
{
	double here = wav->counted && wav->frames > 0
		? (double)wav->position / (double)wav->frames : 0;

	if (u->of > 0)
		u->progress.part = ((double)u->recordings + here) /
		                   (double)u->of;
	progress_add(&u->progress, 1);
}

/* The reason names the path, where it differs from the id. */
static void
recording_drop(struct utterance_writer *u, const struct manifest *m,
               const char *path, const char *id, const char *why)
{
	bool named = !m || strcmp(path, id) == 0;
	char *reason = named ? xstrdup(why) : xasprintf("%s: %s", path, why);

	writer_drop(u->out, id, reason);
	free(reason);
}

/* Samples to read of each recording; 0: all. */
static size_t
most_samples(const struct utterance_writer *u)
{
	double most = round((double)u->max_seconds * u->rate);

	return u->max_seconds > 0 && most < 1 ? 1 : (size_t)most;
}

void
utterance_writer_put(struct utterance_writer *u, const struct manifest *m,
                     const char *path, const char *id)
{
	struct recording recording;
	struct segmenter s;
	size_t segments = 0;

	recording_open(&recording, path, &u->wav, u->rate, m ? m->start : 0,
	               m ? m->end : -1);
	segmenter_init(&s, &recording,
	               (size_t)lroundf(u->window * (float)u->rate),
	               (size_t)lroundf(u->hop * (float)u->rate),
	               most_samples(u));
	for (; !recording.why && segmenter_next(&s); segments++) {
		segment_put(u, m, id, &s);
		segment_count(u, &recording.wav);
	}
	if (recording.why)
		recording_drop(u, m, path, id, recording.why);
	else if (segments == 0)
		recording_drop(u, m, path, id, "no audio in it");
	if (!recording.why && !recording.bounded &&
	    audiofile_concatenated(&recording.wav))
		recording_drop(u, m, path, id, "the recordings after "
		               "the first one in it (split the file)");
	if (!recording.why && recording.wav.doubt)
		warn("%s: %s", id, recording.wav.doubt);
	if (!recording.why && audiofile_cancels(&recording.wav))
		warn("%s: its channels cancel each other, so that the mix is "
		     "nearly silent (--channel 1 takes the first)", id);
	if (s.limited)
		warn("%s: only the first %g s are read (--max-seconds)", id,
		     (double)u->max_seconds);
	segmenter_release(&s);
	recording_close(&recording);
	u->recordings++;
}

void
utterance_writer_end(struct utterance_writer *u)
{
	progress_end(&u->progress);
	frame_release(&u->frame);
}
