/*
 * segmenter.h - cuts a recording into windows, or takes it whole
 *
 * All windows have the same length: the last one ends where the audio ends,
 * and begins less than one hop after the one before.  Audio shorter than one
 * window is one segment.  Memory: the audio, or one window and one hop.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/recording.h"

/* What fits a frame of 1 GiB beside its texts: 4.6 hours at 16 kHz. */
enum { SEGMENT_SAMPLES_MAX = ((1 << 30) - (1 << 20)) / 4 };

struct segmenter {
	struct recording *recording;
	size_t window, hop;       /* samples; window 0: whole */
	size_t left;              /* samples that may still be read */
	float *samples;           /* the segment; owned */
	size_t length, capacity;
	uint64_t start;           /* of the segment, samples from the begin */
	bool begun, ended;
	bool limited;             /* the limit has left audio unread */
};

/* most: samples to read in all, 0: no limit.  hop <= window. */
void segmenter_init(struct segmenter *s, struct recording *recording,
                    size_t window, size_t hop, size_t most);

/*
 * Reads the next segment into samples and length; false at the end, or where
 * recording->why is set.
 */
bool segmenter_next(struct segmenter *s);

void segmenter_release(struct segmenter *s);
