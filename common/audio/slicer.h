/*
 * slicer.h - a recording whole, or as windows that follow one another
 *
 * Every window is whole: the last one ends where the audio ends, and for that
 * begins before its turn, so nothing is lost and nothing is short.  Audio
 * shorter than one window is one slice.  Memory: the audio, or one window and
 * one hop.
 */
#ifndef SLICER_H
#define SLICER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/source.h"

/* What fits a frame of 1 GiB beside its texts: 4.6 hours at 16 kHz. */
enum { SLICE_SAMPLES_MAX = ((1 << 30) - (1 << 20)) / 4 };

struct slicer {
	struct source *source;
	size_t window, hop;       /* samples; window 0: whole */
	size_t left;              /* samples that may still be read */
	float *samples;           /* the slice; owned */
	size_t length, capacity;
	uint64_t start;           /* of the slice in what is read, samples */
	bool begun, ended;
	bool limited;             /* the limit has left audio unread */
};

/* most: samples to read in all; 0 for no limit.  hop <= window. */
void slicer_init(struct slicer *s, struct source *source, size_t window,
                 size_t hop, size_t most);

/*
 * The next slice, in samples and length; false at the end, or when something
 * has gone wrong and source->why tells what.
 */
bool slicer_next(struct slicer *s);

void slicer_release(struct slicer *s);

#endif
