/*
 * utterance_writer.h - writes recordings as frames of a stream
 */
#pragma once

#include <stddef.h>

#include "audio/audiofile.h"
#include "core/progress.h"
#include "stream/frame.h"

struct manifest;
struct writer;

struct utterance_writer {
	struct audiofile_options wav;
	int rate;                 /* of the frames, Hz */
	float window, hop;        /* s; window 0: whole recordings */
	float max_seconds;        /* of each recording; 0: all */
	/* fields where the manifest has none, in UTF-8; or NULL */
	const char *language, *label, *speaker, *corpus;

	struct writer *out;
	size_t recordings, of;    /* done so far, of how many */
	struct progress progress;
	struct frame frame;
};

/* Begins the stream; recordings is about how many will follow. */
void utterance_writer_begin(struct utterance_writer *u, struct writer *out,
                            size_t recordings);

/*
 * Writes the frames of a recording, or drops it.  m, at the line that names
 * the recording or a part of it, adds its columns; NULL without a manifest.
 * Windows, and parts without an id of their own, get their times as suffix:
 * "talk.wav:3.000-6.000".
 */
void utterance_writer_put(struct utterance_writer *u, const struct manifest *m,
                          const char *path, const char *id);

/* Does not close the stream. */
void utterance_writer_end(struct utterance_writer *u);
