/*
 * recorder.h - recordings into utterance frames
 */
#ifndef RECORDER_H
#define RECORDER_H

#include <stddef.h>

#include "audio/audiofile.h"
#include "core/progress.h"
#include "stream/frame.h"

struct manifest;
struct writer;

struct recorder {
	struct audiofile_options wav;
	int rate;                 /* of the frames, Hz */
	float window, hop;        /* s; window 0: recordings whole */
	float max_seconds;        /* of each recording; 0: all */
	/* what frames say where the manifest does not; or NULL */
	const char *language, *label, *speaker, *corpus;

	struct writer *out;
	size_t recordings, of;    /* done so far, of how many */
	struct progress progress;
	struct frame frame;
};

/* Begins the stream; recordings is how many will come, about. */
void recorder_begin(struct recorder *r, struct writer *out, size_t recordings);

/*
 * Writes a recording's frames, or drops it.  m, at the line that names the
 * recording or a part of it, adds its columns; it is NULL for a whole file.
 * Windows, and parts without an id of their own, are told apart by their times:
 * "talk.wav:3.000-6.000".
 */
void recorder_put(struct recorder *r, const struct manifest *m,
                  const char *path, const char *id);

/* The stream is the caller's to close. */
void recorder_end(struct recorder *r);

#endif
